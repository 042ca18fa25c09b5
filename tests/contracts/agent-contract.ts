// What every machine's agent does, whatever the machine is made of. Runs on the fake and on QEMU.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Machine } from '../../sandbox/machine/machine.ts';
import { decodeJson } from '../../sandbox/protocol/codec.ts';
import type { GuestEvent } from '../../sandbox/protocol/messages.ts';
import { XrayMessage } from '../../sandbox/protocol/xray.ts';
import { AgentLink } from '../../sandbox/session/agent-link.ts';
import type { ExecResult } from '../../sandbox/session/guest-calls.ts';
import type { ScriptOptions } from '../../sandbox/session/script-runner.ts';
import { TerminalWatch } from '../fixtures/terminal-watch.ts';

export type AgentContract = {
  readonly name: string;
  /** a machine that is ready; the suite closes it */
  readonly take: () => Promise<Machine>;
  /** a folder that may be written in the guest */
  readonly folder: (machine: Machine) => string;
  readonly timeoutMs: number;
};

export function describeAgent(contract: AgentContract): void {
  describe(`the agent of ${contract.name}`, { timeout: contract.timeoutMs }, () => {
    let machine: Machine;
    let link: AgentLink;
    let watch: TerminalWatch;
    let folder: string;
    const events: GuestEvent[] = [];
    const sights: XrayMessage[] = [];

    const connect = async (): Promise<void> => {
      watch = new TerminalWatch();
      link = await AgentLink.open(await machine.connect(), {
        onOutput: (terminal, seq, bytes) => watch.take(link, terminal, seq, bytes),
        onEvent: (event) => {
          events.push(event);
          watch.poke();
        },
        onXray: (payload) => {
          sights.push(XrayMessage.parse(decodeJson(payload)));
          watch.poke();
        },
      });
    };

    beforeAll(async () => {
      machine = await contract.take();
      folder = contract.folder(machine);
      await connect();
    }, contract.timeoutMs);

    afterAll(async () => {
      await link.close();
      await machine.close();
    });

    const open = async (): Promise<number> => {
      const { id } = await link.call('terminal.open', { cols: 100, rows: 30, user: 'learner' });
      await link.call('terminal.attach', { terminal: id, fromSeq: 0 });
      await watch.until(() => events.some((e) => e.event === 'prompt' && e.free && e.terminal === id));
      return id;
    };
    const type = (terminal: number, text: string): Promise<void> => link.input(terminal, Buffer.from(text));
    const finished = (terminal: number): readonly GuestEvent[] =>
      events.filter((e) => e.event === 'command-finished' && e.terminal === terminal);

    it('echoes what is typed and runs it', async () => {
      const terminal = await open();
      await type(terminal, 'echo he""llo\r');
      await watch.until(() => watch.text(terminal).includes('hello'));
      await link.call('terminal.close', { terminal });
    });

    it('gives the shell the size of the window', async () => {
      const terminal = await open();
      await link.call('terminal.resize', { terminal, cols: 123, rows: 45 });
      await type(terminal, 'stty size\r');
      await watch.until(() => watch.text(terminal).includes('45 123'));
      await link.call('terminal.close', { terminal });
    });

    it('lets backspace take a whole Korean syllable away in a program without readline', async () => {
      const terminal = await open();
      // What came while readline still had the terminal would be plain bytes, the end of the input too.
      await type(terminal, 'echo re""ady; cat\r');
      await watch.until(() => watch.text(terminal).includes('ready'));
      await type(terminal, '가나\x7f다\r\x04');
      await watch.until(() => finished(terminal).length === 1);
      expect(watch.text(terminal)).toContain('\n가다\r\n');
      await link.call('terminal.close', { terminal });
    });

    it('says when a command finished and with what', async () => {
      const terminal = await open();
      await type(terminal, '(exit 7)\r');
      await watch.until(() => finished(terminal).length === 1);
      expect(finished(terminal)[0]).toMatchObject({ exitCode: 7 });
      await link.call('terminal.close', { terminal });
    });

    it('is not told of a command by a file that contains marks', async () => {
      const terminal = await open();
      await type(terminal, `printf '\\e]133;D;0;%s\\a\\e]133;D;0\\a' 0123456789abcdef; echo do""ne\r`);
      await watch.until(() => watch.text(terminal).includes('done') && finished(terminal).length > 0);
      expect(finished(terminal)).toHaveLength(1);
      await link.call('terminal.close', { terminal });
    });

    it('replays exactly what was missed, and the shell has lived on', async () => {
      const terminal = await open();
      await type(terminal, 'x=kept; for i in $(seq 1 2000); do echo line-$i; done; echo e""nd\r');
      const reached = 'line-700\r\n';
      await watch.until(() => watch.text(terminal).includes(reached));
      // Where the test is slow to look, all of it may be there: what came after is missed on purpose.
      const received = watch.bytes(terminal);
      const before = received.subarray(0, received.indexOf(reached) + reached.length);
      await link.close();
      await connect();
      expect(link.welcome.terminals.map(({ id }) => id)).toContain(terminal);
      const { fromSeq } = await link.call('terminal.attach', { terminal, fromSeq: before.length });
      expect(fromSeq).toBe(before.length);
      await watch.until(() => watch.text(terminal).includes('end\r\n'));
      const whole = Buffer.concat([before, watch.bytes(terminal)]);
      // once more and from the beginning, for whoever has nothing: a reconnection, so that nothing older is on its way
      await link.close();
      await connect();
      await link.call('terminal.attach', { terminal, fromSeq: 0 });
      await watch.until(() => watch.bytes(terminal).length >= whole.length);
      expect(watch.bytes(terminal).subarray(0, whole.length).equals(whole)).toBe(true);
      await type(terminal, 'echo still-$x\r');
      await watch.until(() => watch.text(terminal).includes('still-kept'));
      await link.call('terminal.close', { terminal });
    });

    it('acts on Ctrl-C under `yes`', async () => {
      const terminal = await open();
      await type(terminal, 'yes\r');
      await watch.until(() => watch.bytes(terminal).length > 1_000_000);
      await type(terminal, '\x03');
      await watch.until(() => finished(terminal).length === 1);
      expect(finished(terminal)[0]).toMatchObject({ exitCode: 130 });
      await link.call('terminal.close', { terminal });
    });

    it('takes a paste larger than its window, whole', async () => {
      const terminal = await open();
      const path = `${folder}/paste`;
      await type(terminal, `stty raw -echo; echo re""ady; head -c 200000 > ${path}; stty sane\r`);
      await watch.until(() => watch.text(terminal).includes('ready'));
      const paste = Buffer.alloc(200_000, 'abcdefghij\n');
      await link.input(terminal, paste);
      await watch.until(() => finished(terminal).length === 1);
      expect((await link.getFile(path, 300_000)).contents.equals(paste)).toBe(true);
      await link.call('terminal.close', { terminal });
    });

    it('reports the end of a shell and keeps it listed until it is closed', async () => {
      const terminal = await open();
      await type(terminal, 'exit 3\r');
      await watch.until(() => events.some((e) => e.event === 'terminal-exited' && e.terminal === terminal));
      await link.close();
      await connect();
      expect(link.welcome.terminals.find(({ id }) => id === terminal)?.exitCode).toBe(3);
      await link.call('terminal.close', { terminal });
    });

    it('runs a program with its output, error output and exit code apart', async () => {
      const result = await link.exec({ argv: ['bash', '-c', 'cat; echo wrong >&2; exit 4'], stdin: 'in and out' });
      expect(result).toMatchObject({ exitCode: 4, signal: null, timedOut: false, truncated: false });
      expect(result.stdout.toString()).toBe('in and out');
      expect(result.stderr.toString()).toBe('wrong\n');
    });

    it('kills the whole group of a program that takes too long', async () => {
      const path = `${folder}/child`;
      const result = await link.exec({ argv: ['bash', '-c', `sleep 600 & echo $! > ${path}; wait`], timeoutMs: 700 });
      expect(result).toMatchObject({ exitCode: null, signal: 'SIGKILL', timedOut: true });
      const child = (await link.getFile(path, 100)).contents.toString().trim();
      // a killed process may still be listed, as a zombie, until its new parent looks
      const state = await link.exec({ argv: ['bash', '-c', `ps -o stat= -p ${child} | tr -d 'Z+\\n'`] });
      expect(state.stdout.toString()).toBe('');
    });

    it('cuts output at the limit and lets the program end', async () => {
      const result = await link.exec({ argv: ['bash', '-c', 'head -c 3000000 /dev/zero'], maxOutputBytes: 100_000 });
      expect(result).toMatchObject({ exitCode: 0, truncated: true });
      expect(result.stdout).toHaveLength(100_000);
    });

    it('does not wait for a background child that keeps the output open', async () => {
      const result = await link.exec({ argv: ['bash', '-c', 'sleep 5 & echo started'], timeoutMs: 4000 });
      expect(result).toMatchObject({ exitCode: 0, timedOut: false });
      expect(result.stdout.toString()).toBe('started\n');
    });

    it('gives a program a session of its own, its folder, its environment and no terminal', async () => {
      const script = 'ps -o pid=,pgid=,sid=,tty=,ni= -p $$; pwd; echo "$WHAT"';
      const env = { WHAT: '가=나\t,\n다' };
      const { stdout } = await link.exec({ argv: ['bash', '-c', script], cwd: '/tmp', env, nice: 7 });
      const [ids = '', cwd, ...rest] = stdout.toString().split('\n');
      const [pid, group, session, tty, nice] = ids.trim().split(/ +/);
      expect([group, session, tty, nice]).toEqual([pid, pid, '?', '7']);
      expect([cwd, ...rest]).toEqual(['/tmp', '가=나\t,', '다', '']);
    });

    it('says which signal ended a program', async () => {
      expect(await link.exec({ argv: ['bash', '-c', 'kill -TERM $$'] })).toMatchObject({
        exitCode: null,
        signal: 'SIGTERM',
      });
    });

    it('says why a program could not be started', async () => {
      await expect(link.exec({ argv: ['/no/such/program'] })).rejects.toMatchObject({
        code: 'call-failed',
        guestCode: 'ENOENT',
      });
      await expect(link.exec({ argv: ['true'], cwd: '/no/such/folder' })).rejects.toMatchObject({
        guestCode: 'ENOENT',
      });
      await expect(link.exec({ argv: ['/etc/passwd'] })).rejects.toMatchObject({ guestCode: 'EACCES' });
      await expect(link.exec({ argv: ['true'], user: 'nobody-here' })).rejects.toMatchObject({
        guestCode: 'no-such-user',
      });
    });

    const look = (script: string, more: Partial<ScriptOptions> = {}): Promise<ExecResult> =>
      link.script({ script, env: {}, timeoutMs: 20_000, maxOutputBytes: 10_000, ...more });

    it('runs scripts in forks of one bash: each with its own variables, output and exit code', async () => {
      const env = { WORD: `it's "one"\n두 줄` };
      const first = await look('left=over; cd /tmp; echo "$WORD"; echo wrong >&2; exit 4', { env });
      expect(first).toMatchObject({ exitCode: 4, signal: null, timedOut: false, truncated: false });
      expect([first.stdout.toString(), first.stderr.toString()]).toEqual([`${env.WORD}\n`, 'wrong\n']);
      const second = await look('printf "%s %s %s" "${left-none}" "${WORD-none}" "$PWD"; cat');
      expect(second).toMatchObject({ exitCode: 0 });
      expect(second.stdout.toString()).toBe('none none /');
      expect((await look('kill -TERM $BASHPID')).exitCode).toBe(143);
      // out of the way of what they look at
      expect((await look('nice')).stdout.toString()).toBe('10\n');
      const shells = await Promise.all([look('echo $$'), look('echo $$'), look('exit 1')]);
      expect(shells[0]?.stdout.toString()).toBe(shells[1]?.stdout.toString());
      expect(shells[2]?.stdout.toString()).toBe('');
    });

    it('cuts off what a script writes beyond its limit, and the next one starts clean', async () => {
      const much = await look('head -c 200000 /dev/zero; head -c 200000 /dev/zero >&2');
      expect(much).toMatchObject({ exitCode: 0, truncated: true });
      expect([much.stdout.length, much.stderr.length]).toEqual([10_000, 10_000]);
      expect((await look('echo clean')).stdout.toString()).toBe('clean\n');
      const exact = await look('printf %5s x', { maxOutputBytes: 5 });
      expect([exact.truncated, exact.stdout.toString()]).toEqual([false, '    x']);
    });

    it('kills a script that takes too long, with what it started, and runs the next one', async () => {
      const path = `${folder}/late`;
      const late = await look(`sleep 600 & echo $! > ${path}; echo begun; wait`, { timeoutMs: 1500 });
      expect(late).toMatchObject({ exitCode: null, signal: 'SIGKILL', timedOut: true });
      expect(late.stdout.toString()).toBe('begun\n');
      const state = await look(
        `for n in {1..50}; do [[ $(ps -o stat= -p $(< ${path})) == [^Z]* ]] || exit 0; sleep 0.1; done; exit 1`,
      );
      expect(state.exitCode).toBe(0);
    });

    it('runs a script again whose bash was killed under it, and gives up on one that kills it each time', async () => {
      const once = `${folder}/killed-once`;
      const again = await look(`[[ -e ${once} ]] && echo alive && exit; touch ${once}; kill -KILL $$; sleep 60`);
      expect(again.stdout.toString()).toBe('alive\n');
      await expect(look('kill -KILL $$; sleep 60')).rejects.toMatchObject({ code: 'call-failed' });
      expect((await look('echo and on')).stdout.toString()).toBe('and on\n');
    });

    it('stores and fetches files of several windows, whole', async () => {
      const contents = Buffer.alloc(1_500_000, 'The file is larger than any window. ');
      await link.putFile(`${folder}/a/b/large`, contents, { mode: 0o640 });
      const back = await link.getFile(`${folder}/a/b/large`, 2_000_000);
      expect(back.truncated).toBe(false);
      expect(back.contents.equals(contents)).toBe(true);
      expect((await link.getFile(`${folder}/a/b/large`, 1000)).truncated).toBe(true);
      const { stdout } = await link.exec({ argv: ['stat', '-c', '%a', `${folder}/a/b/large`] });
      expect(stdout.toString()).toBe('640\n');
    });

    it('refuses to read what is no file', async () => {
      await expect(link.getFile(folder, 10)).rejects.toMatchObject({ code: 'call-failed' });
      await expect(link.getFile(`${folder}/absent`, 10)).rejects.toMatchObject({ guestCode: 'ENOENT' });
    });

    it('fails a connection that nobody accepts', async () => {
      await expect(link.dial('127.0.0.1', 1)).rejects.toMatchObject({ guestCode: 'ECONNREFUSED' });
    });

    it('shows a view when it is asked for, counts its moments, and begins anew for whoever asks next', async () => {
      const moments = (): XrayMessage[] => sights.filter(({ view }) => view === 'vmstat');
      await link.call('xray.watch', { view: 'vmstat', rateHz: 2, paths: [] });
      await watch.until(() => moments().length >= 3);
      expect(moments().slice(0, 3)).toMatchObject([
        { kind: 'state', sample: 1, state: { rates: null } },
        { kind: 'state', sample: 2, state: { rates: { cpuPercent: {} } } },
        { sample: 3 },
      ]);
      await link.close();
      await connect();
      sights.length = 0;
      await link.call('xray.watch', { view: 'vmstat', rateHz: 2, paths: [] });
      await watch.until(() => moments().length >= 1);
      expect(moments()[0]).toMatchObject({ kind: 'state', sample: 1 });
      await link.call('xray.unwatch', { view: 'vmstat' });
    });

    it('shows nothing of a view any more once it was given up', async () => {
      await link.call('xray.watch', { view: 'vmstat', rateHz: 2, paths: [] });
      await watch.until(() => sights.some(({ view }) => view === 'vmstat'));
      await link.call('xray.unwatch', { view: 'vmstat' });
      sights.length = 0;
      await link.call('xray.watch', { view: 'run-queue', rateHz: 2, paths: [] });
      await watch.until(() => sights.filter(({ view }) => view === 'run-queue').length >= 3);
      await link.call('xray.unwatch', { view: 'run-queue' });
      expect(sights.filter(({ view }) => view !== 'run-queue')).toEqual([]);
    });

    it('refuses a view that it does not know, and a rate that would cost too much', async () => {
      const asked = { view: 'vmstat' as const, rateHz: 50, paths: [] };
      await expect(link.call('xray.watch', asked)).rejects.toMatchObject({ guestCode: 'bad-params' });
      await expect(link.call('xray.unwatch', { view: 'everything' as 'vmstat' })).rejects.toMatchObject({
        guestCode: 'bad-params',
      });
    });

    it('answers many calls at once', async () => {
      const results = await Promise.all(
        Array.from({ length: 20 }, (_, i) => link.exec({ argv: ['echo', String(i)], timeoutMs: 20_000 })),
      );
      expect(results.map(({ stdout }) => Number(stdout))).toEqual(Array.from({ length: 20 }, (_, i) => i));
    });
  });
}
