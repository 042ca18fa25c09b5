// A small Perl process for what Node cannot do: enter another network namespace, read an extended attribute. It also starts the
// few programs that are needed (ip, iptables-save), since a fork of the agent costs several times one of it. Uses perl-base only.
import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';

/** Output of one command: some 3000 interfaces make about as much. */
const MAX_OUTPUT_BYTES = 4 * 1024 * 1024;
const MAX_WAITING = 64;

// One request a line, fields separated by tabs: `run NAMESPACE-FILE ARG…`, `read NAMESPACE-FILE PATH…` or `attribute PATH NAME`. The answer is a line with a length
// and the bytes. Numbers: asm/unistd.h (setns 308 on x86-64 and 268 on arm64, getxattr 191 and 8), linux/sched.h (CLONE_NEWNET).
const PERL = String.raw`use strict; $0 = 'underhood-observer'; $| = 1;
my ($setns, $getxattr, $max) = @ARGV;
open(my $home, '<', '/proc/self/ns/net');
while (my $line = <STDIN>) {
  chomp $line;
  my ($what, @rest) = split /\t/, $line;
  my $out = '';
  if ($what eq 'run') {
    my $namespace = shift @rest;
    my $pid = open(my $pipe, '-|');
    if (defined $pid && $pid == 0) {
      open(STDIN, '<', '/dev/null'); open(STDERR, '>', '/dev/null');
      if ($namespace ne '') {
        open(my $file, '<', $namespace) or exit 1;
        syscall($setns, fileno($file), 0x40000000) == 0 or exit 1;
      }
      alarm 10;
      exec @rest; exit 1;
    }
    if (defined $pid) {
      while (length($out) < $max and read($pipe, my $part, 65536)) { $out .= $part }
      close $pipe;
    }
  } elsif ($what eq 'read') {
    my ($namespace, @paths) = @rest;
    my $there;
    if (open($there, '<', $namespace) and syscall($setns, fileno($there), 0x40000000) == 0) {
      for my $path (@paths) {
        open(my $file, '<', $path) or next;
        read($file, my $text, 65536); $out .= $text;
      }
      syscall($setns, fileno($home), 0x40000000) == 0 or exit 1;
    }
  } elsif ($what eq 'attribute') {
    my ($path, $name) = @rest; my $value = "\0" x 64;
    my $length = syscall($getxattr, $path, $name, $value, 64);
    $out = substr($value, 0, $length) if $length > 0;
  }
  print length($out), "\n", $out;
}
__END__
`;

export class Helper {
  #child: ChildProcessByStdio<Writable, Readable, null> | undefined;
  readonly #waiting: ((output: string | undefined) => void)[] = [];
  #chunks: Buffer[] = [];
  #have = 0;

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Output of a program in the network namespace of `namespaceFile` ('' = here); undefined where it could not be run. */
  run(namespaceFile: string, argv: readonly string[]): Promise<string | undefined> {
    return this.#ask(['run', namespaceFile, ...argv]);
  }

  /** Files of /proc/thread-self/net, one after the other, as they are in another network namespace. Starts no program. */
  read(namespaceFile: string, names: readonly string[]): Promise<string | undefined> {
    return this.#ask(['read', namespaceFile, ...names.map((name) => `/proc/thread-self/net/${name}`)]);
  }

  attribute(path: string, name: string): Promise<string | undefined> {
    return this.#ask(['attribute', path, name]);
  }

  close(): void {
    const child = this.#child;
    this.#child = undefined;
    child?.stdin.end();
    child?.kill('SIGKILL');
    for (const settle of this.#waiting.splice(0)) settle(undefined);
    this.#chunks = [];
    this.#have = 0;
  }

  #ask(fields: readonly string[]): Promise<string | undefined> {
    // a file name may contain anything; what would break the line is not asked for
    if (fields.some((field) => /[\t\n\0]/.test(field)) || this.#waiting.length >= MAX_WAITING) {
      return Promise.resolve(undefined);
    }
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#start().stdin.write(`${fields.join('\t')}\n`);
    });
  }

  #start(): ChildProcessByStdio<Writable, Readable, null> {
    if (this.#child !== undefined) return this.#child;
    const numbers = process.arch === 'arm64' ? ['268', '8'] : ['308', '191'];
    const child = spawn('/usr/bin/perl', ['-', ...numbers, String(MAX_OUTPUT_BYTES)], {
      stdio: ['pipe', 'pipe', 'ignore'],
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' },
      cwd: '/',
    });
    this.#child = child;
    const gone = (): void => {
      if (this.#child === child) this.close();
    };
    child.once('error', gone).once('exit', gone);
    child.stdin.on('error', () => undefined);
    child.stdin.write(PERL);
    child.stdout.on('data', (chunk: Buffer) => this.#take(chunk));
    return child;
  }

  #take(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#have += chunk.length;
    if (this.#have > MAX_OUTPUT_BYTES + 64 * 1024) return this.close();
    let bytes = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks);
    for (;;) {
      const end = bytes.indexOf(10);
      const length = end < 0 ? NaN : Number(bytes.toString('latin1', 0, end));
      if (!(bytes.length >= end + 1 + length)) break;
      this.#waiting.shift()?.(bytes.toString('utf8', end + 1, end + 1 + length));
      bytes = bytes.subarray(end + 1 + length);
    }
    this.#chunks = bytes.length === 0 ? [] : [bytes];
    this.#have = bytes.length;
  }
}
