// A clerk of the office. It holds memory or runs threads, as its first argument says, until it is ended.
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static size_t mib(const char *text) { return strtoul(text, NULL, 10) << 20; }

static char *map(size_t bytes) {
  char *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) exit(1);
  return memory;
}

static void nap(double seconds) {
  struct timespec rest = {(time_t)seconds, (long)((seconds - (time_t)seconds) * 1e9)};
  nanosleep(&rest, NULL);
}

static void work(double seconds) {
  struct timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  double end = now.tv_sec + now.tv_nsec / 1e9 + seconds;
  do clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  while (now.tv_sec + now.tv_nsec / 1e9 < end);
}

static char **names;

// The first thread worked hard once, the second one works now and then, for ever; the others sleep.
static void *thread(void *number) {
  long which = (long)number;
  pthread_setname_np(pthread_self(), names[which]);
  if (which == 0) work(10);
  while (which == 1) {
    nap(0.88);
    work(0.12);
  }
  for (;;) pause();
}

int main(int count, char **argument) {
  if (count < 3) return 2;
  if (!strcmp(argument[1], "reserve")) {
    map(mib(argument[2]));
  } else if (!strcmp(argument[1], "hold")) {
    memset(map(mib(argument[2])), 1, mib(argument[2]));
  } else if (!strcmp(argument[1], "share") && count > 3) {
    // The children have the same pages as their parent, for as long as nobody writes to them.
    memset(map(mib(argument[2])), 1, mib(argument[2]));
    for (int child = 1; child < atoi(argument[3]); child++)
      if (fork() == 0) break;
  } else if (!strcmp(argument[1], "threads")) {
    names = argument + 2;
    for (long which = 0; which < count - 2; which++) {
      pthread_t handle;
      if (pthread_create(&handle, NULL, thread, (void *)which)) return 1;
    }
  }
  for (;;) pause();
}
