// A learner's hand on a machine: files put, checks run, scripts typed into a real terminal.
import { randomBytes } from 'node:crypto';
import { checkInvocation } from '../../labs/checks/invocation.ts';
import type { CheckContext } from '../../labs/checks/invocation.ts';
import type { CheckResult } from '../../labs/checks/judge.ts';
import type { CheckedTask, Lab } from '../../labs/lab.ts';
import { variableEnvironment } from '../../labs/variables.ts';
import type { Variables } from '../../labs/variables.ts';
import type { Machine } from '../../sandbox/machine/machine.ts';
import { AgentLink } from '../../sandbox/session/agent-link.ts';
import { setUpLab } from '../../site/server/grading/set-up.ts';

/** What a script prints to answer a find or predict task. */
const ANSWER = /^answer: ([^\r\n]+)[\r\n]/m;
/** What a terminal is told besides text: OSC marks and CSI sequences. */
// eslint-disable-next-line no-control-regex
const CONTROL = /\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b\[[0-?]*[ -/]*[@-~]/g;
const LEASE_MS = 60_000;
const COLS = 120;
/** A proof is about right and wrong, not about how busy the host is: what has a time limit gets so many times as much. */
const PATIENCE = 4;
/** Longer than this, and a learner waits for setup.sh. */
export const SETUP_MS = 1000;
/** A shell that starts on a host with other things to do. */
const SHELL_MS = 120_000;

/** Before a check, which ends with `exit`: what it and its programs used of the guest's CPUs is said on standard error, last; see `times` in bash(1). */
const MEASURED = 'trap "times >&2" EXIT; ';
const TIMES = /(\d+)m([\d.]+)s (\d+)m([\d.]+)s\n(\d+)m([\d.]+)s (\d+)m([\d.]+)s\n$/;

/** Starts bash a few times, for how slow this machine is just now. */
const STARTS = 4;
const START_OFTEN = `for i in {1..${STARTS}}; do bash -c :; done; times >&2`;
/** What one start of bash costs a machine of a quiet host under emulation, in milliseconds: bounds of cost are meant for that one. */
const START_MS = 45;

export type Answering = { readonly answer: string; readonly at: number };
/** `cpuMs`: processor time in the guest, or undefined where the check was ended */
export type Measured = CheckResult & { readonly wallMs: number; readonly cpuMs: number | undefined };

type Screen = { text: string; prompts: number; finished: number };

export class Hand implements AsyncDisposable {
  readonly #machine: Machine;
  readonly #link: AgentLink;
  readonly #variables: Variables;
  /** in the machine: what the scripts read first */
  readonly #variablesFile: string;
  readonly #screens: Map<number, Screen>;
  readonly #watchers: Set<() => void>;
  readonly #lease: NodeJS.Timeout;
  /** how long files and setup.sh took, in milliseconds; where that was long, as long as it had been on a quiet host */
  readonly setupMs: number;

  private constructor(parts: {
    machine: Machine;
    link: AgentLink;
    variables: Variables;
    variablesFile: string;
    screens: Map<number, Screen>;
    watchers: Set<() => void>;
    setupMs: number;
  }) {
    this.#machine = parts.machine;
    this.#link = parts.link;
    this.#variables = parts.variables;
    this.#variablesFile = parts.variablesFile;
    this.#screens = parts.screens;
    this.#watchers = parts.watchers;
    this.setupMs = parts.setupMs;
    this.#lease = setInterval(() => void this.#machine.renewLease().catch(() => undefined), LEASE_MS);
  }

  /** Takes the machine over and sets the lab up on it, as the server does. */
  static async on(machine: Machine, lab: Lab, variables: Variables): Promise<Hand> {
    const screens = new Map<number, Screen>();
    const watchers = new Set<() => void>();
    const on = (terminal: number, change: (screen: Screen) => void): void => {
      const screen = screens.get(terminal) ?? { text: '', prompts: 0, finished: 0 };
      change(screen);
      screens.set(terminal, screen);
      for (const watcher of watchers) watcher();
    };
    // The fake machine shares the host's /tmp with whoever ran before.
    const variablesFile = `/tmp/variables-${randomBytes(6).toString('hex')}`;
    let link: AgentLink | undefined;
    try {
      link = await AgentLink.open(await machine.connect(), {
        helloTimeoutMs: SHELL_MS,
        onOutput: (terminal, seq, bytes) => {
          on(terminal, (screen) => (screen.text += Buffer.from(bytes).toString()));
          link?.ack(terminal, seq + bytes.length);
        },
        onEvent: (event) => {
          if (event.event === 'prompt' && event.free) on(event.terminal, (screen) => (screen.prompts += 1));
          if (event.event === 'command-finished') on(event.terminal, (screen) => (screen.finished += 1));
        },
      });
      const env = Object.entries(variableEnvironment(variables)).map(([name, value]) => `export ${name}='${value}'`);
      await link.putFile(variablesFile, Buffer.from(`${env.join('\n')}\n`), { mode: 0o644 });
      const began = performance.now();
      const setup = lab.setup && { ...lab.setup, timeoutMs: lab.setup.timeoutMs * PATIENCE };
      await setUpLab({ ...lab, setup }, variables, link, AbortSignal.timeout(2 * SHELL_MS));
      const tookMs = lab.setup === undefined ? 0 : performance.now() - began;
      const setupMs = Math.round(tookMs > SETUP_MS ? tookMs / (await slownessOf(link)) : tookMs);
      return new Hand({ machine, link, variables, variablesFile, screens, watchers, setupMs });
    } catch (error) {
      await link?.close();
      await machine.close();
      throw error;
    }
  }

  async check(task: CheckedTask, context: CheckContext): Promise<Measured> {
    const invocation = checkInvocation(task, this.#variables, context);
    const script = MEASURED + invocation.script;
    const result = await this.#link.script({ ...invocation, script, timeoutMs: invocation.timeoutMs * PATIENCE });
    const stderr = result.stderr.toString();
    const spent = spentMs(stderr);
    return {
      ...result,
      stdout: result.stdout.toString(),
      stderr: stderr.replace(TIMES, ''),
      cpuMs: spent && Math.round(spent.own + spent.programs),
    };
  }

  /** How many times as long as on a quiet host a program takes in this machine just now; at least 1. */
  slowness(): Promise<number> {
    return slownessOf(this.#link);
  }

  /** Types `bash script` into a new terminal of the learner, once its prompt is there, and gives the terminal's number. */
  async type(script: string): Promise<number> {
    const path = `${this.#variablesFile}.script-${this.#screens.size}-${Date.now()}`;
    await this.#link.putFile(path, Buffer.from(`. ${this.#variablesFile}\n${script}`), { mode: 0o644 });
    const { id } = await this.#link.call('terminal.open', { cols: COLS, rows: 40, user: 'learner' });
    await this.#link.call('terminal.attach', { terminal: id, fromSeq: 0 });
    await this.#until(id, 'no prompt came', (screen) => screen.prompts > 0 || undefined, SHELL_MS);
    await this.#link.input(id, Buffer.from(`bash ${path}\n`));
    return id;
  }

  /** The `answer: …` that the script prints; a predict's script then waits for Enter, which `confirm` gives it. */
  async answer(terminal: number, withinMs: number): Promise<Answering> {
    const find = (screen: Screen): string | undefined => ANSWER.exec(plain(screen.text))?.[1]?.trim();
    const answer = await this.#until(terminal, 'the script printed no line “answer: …”', find, withinMs);
    return { answer, at: Date.now() };
  }

  async confirm(terminal: number): Promise<void> {
    await this.#link.input(terminal, Buffer.from('\n'));
  }

  /** Whether the typed script came to its end within that time: the shell's own mark says so, whatever is on the screen. */
  async finished(terminal: number, withinMs: number): Promise<boolean> {
    try {
      await this.#until(terminal, '', (screen) => screen.finished > 0 || undefined, withinMs);
      return true;
    } catch (error) {
      if (error instanceof NothingCame) return false;
      throw error;
    }
  }

  /** The end of what the terminal shows, for a message about what went wrong. */
  shown(terminal: number): string {
    return plain(this.#screens.get(terminal)?.text ?? '').slice(-400);
  }

  async #until<T>(terminal: number, what: string, find: (screen: Screen) => T | undefined, ms: number): Promise<T> {
    const found = Promise.withResolvers<T>();
    const look = (): void => {
      const screen = this.#screens.get(terminal);
      const value = screen && find(screen);
      if (value !== undefined) found.resolve(value);
    };
    const late = setTimeout(() => {
      found.reject(new NothingCame(`${what} within ${ms / 1000} s; the terminal shows: ${this.shown(terminal)}`));
    }, ms);
    this.#watchers.add(look);
    look();
    try {
      return await found.promise;
    } finally {
      clearTimeout(late);
      this.#watchers.delete(look);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#lease);
    await this.#link.close();
    await this.#machine.close();
  }
}

class NothingCame extends Error {}

/** What `times` in bash(1) said last: processor time of the shell itself and of the programs it started, in ms. */
function spentMs(text: string): { own: number; programs: number } | undefined {
  const times = TIMES.exec(text)?.slice(1).map(Number);
  if (times === undefined) return undefined;
  const [own = 0, programs = 0] = [times.slice(0, 4), times.slice(4)].map((four) =>
    four.reduce((sum, time, n) => sum + time * (n % 2 === 0 ? 60_000 : 1000), 0),
  );
  return { own, programs };
}

async function slownessOf(link: AgentLink): Promise<number> {
  const { stderr } = await link.exec({ argv: ['bash', '-c', START_OFTEN], timeoutMs: SHELL_MS });
  return Math.max(1, (spentMs(stderr.toString())?.programs ?? 0) / STARTS / START_MS);
}

const plain = (text: string): string => text.replaceAll(CONTROL, '');
