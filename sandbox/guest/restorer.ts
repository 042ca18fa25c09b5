// A small Perl process that waits for the moment after a restore. Setting the clock, feeding the kernel's random pool
// and changing a MAC need system calls that Node does not offer; starting a program for them then would cost more than
// everything else in a restore. It uses perl-base only.
import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { Params } from '../protocol/messages.ts';
import { GuestError } from './guest-error.ts';

// Numbers: asm/unistd.h (clock_settime 227 on x86-64, 112 on arm64), linux/random.h (RNDADDENTROPY, RNDRESEEDCRNG),
// linux/sockios.h (SIOCSIFHWADDR), struct ifreq of 40 bytes with an ARPHRD_ETHER (1) sockaddr.
const PERL = String.raw`use strict; $0 = 'underhood-restorer'; $| = 1;
my ($settime) = @ARGV;
sub step { my ($name, $work) = @_; eval { $work->() or die "$!\n"; 1 } or do { chomp(my $why = $@); die "$name: $why\n" } }
sub spill { my ($path, $text) = @_; open(my $f, '>', $path) or return 0; print {$f} $text; close $f }
# In place: ext4 allocates anew, at once, what is truncated and written again (its auto_da_alloc).
sub overwrite { my ($path, $text) = @_; open(my $f, '+<', $path) or return spill(@_);
  my $longer = -s $f > length $text; print {$f} $text; truncate($f, length $text) if $longer; close $f }
while (my $line = <STDIN>) {
  chomp $line;
  my ($s, $ns, $entropy, $fresh, $host, $id, $mac) = split / /, $line;
  my @failed;
  my $try = sub { eval { step(@_); 1 } or do { chomp(my $why = $@); push @failed, $why } };
  $try->('clock', sub { syscall($settime, 0, pack('qq', $s, $ns)) == 0 });
  $try->('entropy', sub {
    my $bytes = pack('H*', $entropy);
    open(my $r, '>', '/dev/urandom') or return 0;
    ioctl($r, 0x40085203, pack('ii', 8 * length $bytes, length $bytes) . $bytes) or return 0;
    ioctl($r, 0x5207, 0);
  });
  if ($fresh) {
    $try->('hostname', sub { spill('/proc/sys/kernel/hostname', $host) });
    # the first prompt needs no more than that
    print "named\n";
    $try->('hostname', sub { overwrite('/etc/hostname', "$host\n") });
    $try->('machine-id', sub { overwrite('/etc/machine-id', "$id\n") });
    $try->('mac', sub {
      return 1 unless -e '/sys/class/net/eth0';
      # neighbours learn the new address at once
      spill('/proc/sys/net/ipv4/conf/eth0/arp_notify', '1');
      socket(my $sock, 2, 2, 0) or return 0;
      ioctl($sock, 0x8924, my $req = pack('a16 S a6 x16', 'eth0', 1, pack('H12', $mac =~ tr/://dr)));
    });
  }
  print @failed ? join('; ', @failed) : 'ok', "\n";
}
__END__
`;

export class Restorer {
  #child: ChildProcessByStdio<Writable, Readable, null> | undefined;
  readonly #waiting: { named: () => void; resolve: () => void; reject: (error: Error) => void }[] = [];

  /** Starts the waiting process; called before a template is taken, and again should it be gone. */
  prepare(): void {
    if (this.#child !== undefined) return;
    const setTime = process.arch === 'arm64' ? '112' : '227';
    const child = spawn('/usr/bin/perl', ['-', setTime], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: {},
      cwd: '/',
    });
    this.#child = child;
    const gone = (): void => {
      if (this.#child !== child) return;
      this.#child = undefined;
      for (const { reject } of this.#waiting.splice(0)) reject(new GuestError('restore-failed', 'the restorer ended'));
    };
    child.once('error', gone);
    child.once('exit', gone);
    child.stdin.on('error', () => undefined);
    // by its input and not by -e: a whole script among the arguments is not what a learner's `ps` should show
    child.stdin.write(PERL);
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line === 'named') return this.#waiting[0]?.named();
      const waiting = this.#waiting.shift();
      if (line === 'ok') waiting?.resolve();
      else waiting?.reject(new GuestError('restore-failed', line.slice(0, 256)));
    });
  }

  /** `named` is called when the clock, the random numbers and the host name of a fresh machine are right; the rest follows. */
  run(params: Params<'restored'>, named: () => void): Promise<void> {
    this.prepare();
    const seconds = Math.floor(params.unixMs / 1000);
    const nanoseconds = Math.floor((params.unixMs - seconds * 1000) * 1e6);
    const fields = [
      seconds,
      nanoseconds,
      Buffer.from(params.entropy, 'base64').toString('hex'),
      params.fresh ? 1 : 0,
      params.hostname,
      params.machineId,
      params.mac,
    ];
    return new Promise((resolve, reject) => {
      this.#waiting.push({ named, resolve, reject });
      this.#child?.stdin.write(`${fields.join(' ')}\n`);
    });
  }
}
