// Tells when something has run again in a machine at rest. A small Perl process (perl-base only) waits for it: to wake and read takes it some 2 ms of CPU
// under emulation, where the agent takes some 7 to wake only.
import { Follower } from './follower.ts';
import { OURS } from './processes.ts';

/** Between two readings while it waits. */
const PERIOD_MS = 1000;

// Told to wait by a letter, `r` or (for who shows the load averages, which fall by themselves) `l`, it answers with a line as soon as what it reads is not
// what it was when it answered last: so nothing that happens between its answer and the next wait is missed. The line is `l` where only the averages are
// different, else `r`; a first, empty one says that it has begun. It reads what activity.ts does, and leaves out groups in which there is nobody.
const PERL = String.raw`use strict; $0 = 'underhood-observer'; $| = 1;
my ($root, $ours, $period) = @ARGV;
sub file { my $file; open($file, '<', $_[0]) ? $file : () }
sub text { my $text = ''; sysseek($_[0], 0, 0); sysread($_[0], $text, 4096); $text }
my $load = file("$root/proc/loadavg") or exit 1;
my ($population, @groups) = ('');
sub look {
  my ($averages, $threads) = text($load) =~ m{^(\S+ \S+ \S+) \d+(/\d+ \d+)};
  if ($threads ne $population) {
    $population = $threads;
    @groups = ();
    for my $folder (glob "$root/sys/fs/cgroup/*/") {
      next if $folder =~ m{$ours/$};
      my $events = file("$folder/cgroup.events") or next;
      push @groups, file("$folder/cpu.stat") if text($events) =~ /^populated 1/m;
    }
  }
  return ($averages, join ' ', $threads, map { text($_) =~ /^usage_usec (\d+)/ } @groups);
}
my ($averages, $ran) = look();
my $wait = '';
print "\n";
for (;;) {
  vec(my $input = '', 0, 1) = 1;
  if (select($input, undef, undef, $wait ? $period : undef)) { sysread(STDIN, $wait, 64) or exit; $population = '' }
  my ($averages_now, $ran_now) = look();
  my $answer = $ran_now ne $ran ? 'r' : $wait =~ /l/ && $averages_now ne $averages ? 'l' : next;
  ($averages, $ran, $wait) = ($averages_now, $ran_now, '');
  print "$answer\n";
}
`;

export class Pulse {
  readonly #beat: (ran: boolean) => void;
  readonly #argv: readonly [string, ...string[]];
  #follower: Follower | undefined;
  /** what the program was told last; empty once it has answered, undefined before it has begun */
  #waiting: string | undefined;

  /** `beat`: something ran or may have, or (not `ran`) the load averages have changed. `root`: where /proc and /sys lie. */
  constructor(beat: (ran: boolean) => void, root = '') {
    this.#beat = beat;
    this.#argv = ['/usr/bin/perl', '-e', PERL, root, OURS, String(PERIOD_MS / 1000)];
  }

  get pid(): number | undefined {
    return this.#follower?.pid;
  }

  /** Starts the program, which takes much longer than what it does. */
  open(): void {
    this.#follower ??= new Follower(this.#argv, (line) => {
      this.#waiting = '';
      this.#beat(line !== 'l');
    });
  }

  /** From now on `beat` is called once when something runs, or (`load`) when the load averages change. False where there is nobody to tell. */
  wait(load: boolean): boolean {
    if (this.#follower?.pid === undefined || this.#waiting === undefined) return false;
    const wait = load ? 'l' : 'r';
    if (this.#waiting !== wait) this.#follower.write(wait);
    this.#waiting = wait;
    return true;
  }

  close(): void {
    this.#follower?.close();
    this.#follower = undefined;
    this.#waiting = undefined;
  }
}
