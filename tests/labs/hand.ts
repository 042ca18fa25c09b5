// A learner's hand on a machine: files put, checks run, scripts typed into a real terminal.
import { setTimeout as pause } from 'node:timers/promises';
import { checkInvocation } from '../../labs/checks/invocation.ts';
import type { CheckContext } from '../../labs/checks/invocation.ts';
import type { CheckResult } from '../../labs/checks/judge.ts';
import type { CheckedTask, Lab } from '../../labs/lab.ts';
import { variableEnvironment } from '../../labs/variables.ts';
import type { Variables } from '../../labs/variables.ts';
import type { Machine } from '../../sandbox/machine/machine.ts';
import { AgentLink } from '../../sandbox/session/agent-link.ts';

/** What a script prints to answer a find or predict task. */
const ANSWER = /^answer: ([^\r\n]+)\r?$/m;
/** What a terminal is told besides text: OSC marks and CSI sequences. */
// eslint-disable-next-line no-control-regex
const CONTROL = /\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b\[[0-?]*[ -/]*[@-~]/g;
const LEASE_MS = 60_000;
const COLS = 120;

export type Answering = { readonly answer: string; readonly at: number };

export class Hand implements AsyncDisposable {
  readonly #machine: Machine;
  readonly #link: AgentLink;
  readonly #variables: Variables;
  readonly #seen: Map<number, string>;
  readonly #lease: NodeJS.Timeout;

  private constructor(machine: Machine, link: AgentLink, variables: Variables, seen: Map<number, string>) {
    this.#machine = machine;
    this.#link = link;
    this.#variables = variables;
    this.#seen = seen;
    this.#lease = setInterval(() => void machine.renewLease().catch(() => undefined), LEASE_MS);
  }

  /** Takes the machine over and sets the lab up on it. */
  static async on(machine: Machine, lab: Lab, variables: Variables): Promise<Hand> {
    const seen = new Map<number, string>();
    let link: AgentLink | undefined;
    try {
      link = await AgentLink.open(await machine.connect(), {
        onOutput: (terminal, seq, bytes) => {
          seen.set(terminal, (seen.get(terminal) ?? '') + Buffer.from(bytes).toString());
          link?.ack(terminal, seq + bytes.length);
        },
      });
      const hand = new Hand(machine, link, variables, seen);
      await hand.#setUp(lab);
      return hand;
    } catch (error) {
      await link?.close();
      await machine.close();
      throw error;
    }
  }

  async #setUp({ setup, id }: Lab): Promise<void> {
    for (const file of setup?.files ?? []) await this.#link.putFile(file.path, file.contents, { mode: file.mode });
    const env = Object.entries(variableEnvironment(this.#variables)).map(
      ([name, value]) => `export ${name}='${value}'`,
    );
    await this.#link.putFile('/tmp/variables', Buffer.from(`${env.join('\n')}\n`), { mode: 0o644 });
    if (!setup) return;
    const script = `. /tmp/variables\n${setup.script}`;
    const result = await this.#link.exec({
      argv: ['bash', '-c', script],
      env: { PATH: '/usr/sbin:/usr/bin' },
      timeoutMs: setup.timeoutMs,
    });
    if (result.exitCode !== 0)
      throw new Error(`setup.sh of ${id} ended with ${result.exitCode}: ${result.stderr.toString()}`);
  }

  async check(task: CheckedTask, context: CheckContext): Promise<CheckResult & { readonly wallMs: number }> {
    const result = await this.#link.exec(checkInvocation(task, this.#variables, context));
    return { ...result, stdout: result.stdout.toString(), stderr: result.stderr.toString() };
  }

  /** Types `bash script` into a new terminal of the learner and gives the terminal's number at once. */
  async type(script: string): Promise<number> {
    const path = `/tmp/script-${Date.now()}`;
    await this.#link.putFile(path, Buffer.from(`. /tmp/variables\n${script}`), { mode: 0o644 });
    const { id } = await this.#link.call('terminal.open', { cols: COLS, rows: 40, user: 'learner' });
    await this.#link.call('terminal.attach', { terminal: id, fromSeq: 0 });
    await this.#link.input(id, Buffer.from(`bash ${path}; echo "finished: "$?\n`));
    return id;
  }

  /** The `answer: …` that the script prints; a predict's script then waits for Enter, which `confirm` gives it. */
  answer(terminal: number, withinMs: number): Promise<Answering> {
    return this.#wait(terminal, ANSWER, withinMs).then((answer) => ({ answer, at: Date.now() }));
  }

  async confirm(terminal: number): Promise<void> {
    await this.#link.input(terminal, Buffer.from('\n'));
  }

  async finished(terminal: number, withinMs: number): Promise<void> {
    await this.#wait(terminal, /finished: (\d+)/, withinMs);
  }

  async #wait(terminal: number, pattern: RegExp, withinMs: number): Promise<string> {
    const until = Date.now() + withinMs;
    for (;;) {
      const found = pattern.exec((this.#seen.get(terminal) ?? '').replaceAll(CONTROL, ''))?.[1];
      if (found !== undefined) return found.trim();
      if (Date.now() > until) {
        throw new Error(`${pattern.source} did not appear: ${JSON.stringify(this.#seen.get(terminal)?.slice(-600))}`);
      }
      await pause(100);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#lease);
    await this.#link.close();
    await this.#machine.close();
  }
}
