// Processes that live for a moment: the kernel's process events connector tells of every program that starts, and a small Perl process
// (perl-base only) reads what it is while it is there. What the course itself runs, its checks and the programs of the X-ray, is left out.
import { Follower } from './follower.ts';
import { whole } from './files.ts';
import type { KernelFiles } from './files.ts';
import { parseStat } from './proc-text.ts';

export type Birth = {
  readonly pid: number;
  readonly ppid: number;
  readonly comm: string;
  readonly command: string;
  readonly cgroup: string;
  /** effective uid */
  readonly uid: number;
  readonly atMs: number;
};

/** Sessions of ours that are remembered: few run at a time. */
const MAX_SESSIONS = 64;

// Numbers: AF_NETLINK 16, SOCK_DGRAM 2, NETLINK_CONNECTOR 11, NLMSG_DONE 3 (linux/netlink.h); CN_IDX_PROC 1, CN_VAL_PROC 1 (linux/connector.h);
// PROC_CN_MCAST_LISTEN 1, PROC_EVENT_EXEC 2 (linux/cn_proc.h); SOL_SOCKET 1, SO_ATTACH_FILTER 26 (asm-generic/socket.h). An event is at
// offset 36, behind a header of netlink and one of the connector; its pid at 52. The filter lets through nothing but starts of programs, so
// that a fork wakes nobody; it reads in network order.
const PERL = String.raw`use strict; $0 = 'underhood-observer'; $| = 1;
my $filter = pack('SCCL' x 4, 0x20, 0, 0, 36, 0x15, 0, 1, 0x02000000, 0x06, 0, 0, 0xffffffff, 0x06, 0, 0, 0);
my ($events, $event);
socket($events, 16, 2, 11) and setsockopt($events, 1, 26, pack('Sx6P', 4, $filter))
  and bind($events, pack('SSLL', 16, 0, 0, 1))
  and send($events, pack('LSSLL LLLLSS L', 40, 3, 0, 0, $$, 1, 1, 0, 0, 4, 0, 1), 0) or exit 1;
sub text { open(my $file, '<', $_[0]) or return ''; sysread($file, my $text, $_[1]); $text }
for (;;) {
  if (!defined recv($events, $event, 4096, 0)) { print "\n"; next }
  next if length($event) < 60;
  my $pid = unpack('x52L', $event);
  my $folder = "/proc/$pid";
  my @line = ((stat $folder)[4], text("$folder/stat", 1024), text("$folder/cgroup", 1024), text("$folder/cmdline", 1024));
  next if $line[1] eq '';
  tr/\x00-\x1f\x7f/ /s for @line;
  print join("\t", @line), "\n";
}
`;

export class Births {
  readonly #files: KernelFiles;
  readonly #watchers = new Set<(birth: Birth) => void>();
  readonly #upMs: () => number;
  #follower: Follower | undefined;
  /** sessions that the agent began without a terminal */
  readonly #ours = new Set<number>();
  /** CPU time spent here since the last `spentMs()` */
  #spentMs = 0;

  constructor(files: KernelFiles, upMs: () => number) {
    this.#files = files;
    this.#upMs = upMs;
  }

  get pid(): number | undefined {
    return this.#follower?.pid;
  }

  watch(watcher: (birth: Birth) => void): () => void {
    this.#watchers.add(watcher);
    if (this.#follower === undefined) {
      const own = parseStat(this.#files.readOnce('/proc/self/stat') ?? '');
      if (own !== undefined) this.#ours.add(own.session);
      this.#follower = new Follower(['/usr/bin/perl', '-e', PERL], (line) => this.#take(line));
    }
    return () => {
      this.#watchers.delete(watcher);
      if (this.#watchers.size > 0) return;
      this.#follower?.close();
      this.#follower = undefined;
      this.#ours.clear();
    };
  }

  spentMs(): number {
    const spent = this.#spentMs;
    this.#spentMs = 0;
    return spent;
  }

  #take(line: string): void {
    const before = process.threadCpuUsage();
    const birth = this.#birth(line);
    if (birth !== undefined) for (const watcher of this.#watchers) watcher(birth);
    const { user, system } = process.threadCpuUsage(before);
    this.#spentMs += (user + system) / 1000;
  }

  #birth(line: string): Birth | undefined {
    const [uid, statText = '', cgroup = '', command = ''] = line.split('\t');
    const stat = parseStat(statText);
    if (stat === undefined) return undefined;
    if (stat.ppid === process.pid && stat.tty === 0 && stat.session === stat.pid) {
      for (const oldest of this.#ours) if (this.#ours.size >= MAX_SESSIONS) this.#ours.delete(oldest);
      this.#ours.add(stat.session);
    }
    if (this.#ours.has(stat.session)) return undefined;
    return {
      pid: stat.pid,
      ppid: stat.ppid,
      comm: stat.comm,
      command: command.trim(),
      cgroup: cgroup.trim(),
      uid: whole(uid),
      atMs: this.#upMs(),
    };
  }
}
