// One learner's hold on one machine: takes it, sets it up, keeps its terminals, lets it rest and wakes it, gives it up.
//
// The machine and its shells outlive this object: `detach` (or the death of the process) leaves them running, and
// `adopt` finds them again from what `save` was given last.
import type { Duplex } from 'node:stream';
import type { BootProgress, Machine } from '../machine/machine.ts';
import type { OneByOne } from '../machine/one-by-one.ts';
import type { BakeRecipe, MachineSource } from '../source/source.ts';
import type { AgentLink } from './agent-link.ts';
import type { ExecResult } from './guest-calls.ts';
import type { ScriptOptions } from './script-runner.ts';
import { Hold } from './hold.ts';
import { extended, idle } from './idle.ts';
import type { IdleAction, IdlePolicy } from './idle.ts';
import type { SavedScreen, SessionRecord } from './record.ts';
import { listeningPorts, SOCKET_TABLE_BYTES } from './listening.ts';
import type { Listening } from './listening.ts';
import { isLive, next } from './state.ts';
import type { SessionEvent, SessionState } from './state.ts';
import { Terminals } from './terminals.ts';
import type { SessionLog, SessionView, SessionWatcher } from './view.ts';
import type { ViewerPort } from './viewer.ts';
import { Xray } from './xray.ts';
import type { XrayPort } from './xray-port.ts';

const LEARNER = 'learner';

/** A set-up that failed is tried once more, on a fresh machine. */
const ATTEMPTS = 2;

/** A machine that could not be put to disk stays paused for so long before that is tried again. */
const HIBERNATE_AGAIN_MS = 10 * 60_000;

/** For what an idle guest does in milliseconds: a busy one is looked at again later. */
const LOOK_MS = 8000;

export type SessionOptions = {
  readonly id: string;
  readonly source: MachineSource;
  readonly bake: BakeRecipe | undefined;
  /** makes the machine what the lesson needs, before the learner may type */
  readonly setUp: (link: AgentLink, signal: AbortSignal) => Promise<void>;
  readonly idle: IdlePolicy;
  /** The way to disk, for one machine of a host at a time: after a workshop, or a night's sleep of the host, it is everybody's. */
  readonly hibernations: OneByOne;
  readonly outputBytesPerSecond: number;
  /** added to the machine's epochs: positions of an earlier machine of the same session must never fit this one */
  readonly epochBase: number;
  /** keeps the record; the session goes on once it is safe */
  readonly save: (record: SessionRecord) => Promise<void>;
  readonly log: SessionLog;
  readonly now?: () => number;
};

export class Session implements AsyncDisposable {
  readonly id: string;
  readonly terminals: Terminals;
  readonly xray: Xray;
  readonly #options: SessionOptions;
  readonly #now: () => number;
  readonly #ports = new Set<ViewerPort>();
  readonly #watchers = new Set<SessionWatcher>();
  readonly #end = new AbortController();
  #state: SessionState;
  #reason: string | null = null;
  #progress: BootProgress | null = null;
  #hold: Hold | undefined;
  #screens: SavedScreen[] = [];
  #expiresAtMs: number | null;
  #aloneSinceMs: number;
  #hibernateNotBeforeMs = 0;
  #idleTimer: NodeJS.Timeout | undefined;
  /** pausing, waking and closing one after the other */
  #queue: Promise<void> = Promise.resolve();
  #detached = false;

  private constructor(options: SessionOptions, state: SessionState, record: SessionRecord | undefined) {
    this.id = options.id;
    this.#options = options;
    this.#state = state;
    this.#now = options.now ?? Date.now;
    this.#aloneSinceMs = record?.aloneSinceMs ?? this.#now();
    this.#expiresAtMs = record === undefined ? extended(null, options.idle, this.#now()) : record.expiresAtMs;
    this.xray = new Xray((event, details) => this.#log(event, details), this.#now);
    this.terminals = new Terminals(record?.epochBase ?? options.epochBase, options.outputBytesPerSecond, {
      changed: () => this.#changed(),
      emptied: () => {
        this.#fillDesk().catch((error: unknown) => this.#log('no terminal could be opened', { error }));
      },
      commandFinished: (terminal, exitCode) => {
        for (const watcher of this.#watchers) watcher.commandFinished?.(terminal, exitCode);
      },
      prompted: (free) => {
        for (const watcher of this.#watchers) watcher.prompted?.(free);
      },
      linkBroken: (error) => {
        this.#log('the agent refused a terminal', { error });
        this.#hold?.renewLink();
      },
      now: this.#now,
    });
  }

  /** Begins at once; what happens is told to watchers. */
  static start(options: SessionOptions): Session {
    const session = new Session(options, 'starting', undefined);
    void session.#begin();
    return session;
  }

  /** Takes up a machine that an earlier process left. */
  static async adopt(options: SessionOptions, machine: Machine, record: SessionRecord): Promise<Session> {
    const state = machine.state === 'hibernated' || machine.state === 'paused' ? machine.state : 'ready';
    const session = new Session(options, state, record);
    const hold = session.#own(machine);
    session.terminals.openInput();
    // A running guest has more than we saved; a sleeping one cannot be asked.
    if (state === 'hibernated') {
      session.#screens = record.screens;
      await session.terminals.restore(record.screens);
    } else if (state === 'ready') {
      hold.connect();
      if (record.state !== 'ready') {
        hold
          .renewClock(session.#end.signal)
          .catch((error: unknown) => session.#log('the clock was not renewed', { error }));
      }
    }
    session.#considerIdle();
    return session;
  }

  get state(): SessionState {
    return this.#state;
  }

  get machine(): Machine | undefined {
    return this.#hold?.machine;
  }

  get lastSeenMs(): number {
    return this.#ports.size > 0 ? this.#now() : this.#aloneSinceMs;
  }

  view(): SessionView {
    return {
      id: this.id,
      state: this.#state,
      progress: this.#progress,
      machine: this.machine?.facts ?? null,
      terminals: this.terminals.list(),
      checkpoints: this.machine?.checkpoints ?? [],
      expiresAtMs: this.#expiresAtMs,
      reason: this.#reason,
    };
  }

  watch(watcher: SessionWatcher): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** A page is here: the machine wakes if it rested. */
  join(port: ViewerPort): void {
    this.#ports.add(port);
    this.#considerIdle();
  }

  leave(port: ViewerPort & Partial<XrayPort>): void {
    if (!this.#ports.delete(port)) return;
    this.terminals.leave(port);
    if (port.xray !== undefined) this.xray.leave(port as XrayPort);
    if (this.#ports.size === 0) {
      this.#aloneSinceMs = this.#now();
      this.#remember();
    }
    this.#considerIdle();
  }

  focus(port: ViewerPort, terminal: number): void {
    this.#stir();
    this.terminals.get(terminal)?.focus(port);
  }

  /** Returns false where the page sent more than its window. */
  input(port: ViewerPort, terminal: number, bytes: Uint8Array): boolean {
    this.extend();
    this.#stir();
    return this.terminals.input(port, terminal, bytes);
  }

  async openTerminal(cols: number, rows: number): Promise<number> {
    return await this.terminals.open(cols, rows, LEARNER);
  }

  /** Activity, or a click on "extend". Told only when it moved by a minute: every keystroke comes by here. */
  extend(): void {
    const later = extended(this.#expiresAtMs, this.#options.idle, this.#now());
    if (later === null || (this.#expiresAtMs !== null && later - this.#expiresAtMs < 60_000)) return;
    this.#expiresAtMs = later;
    this.#remember();
    this.#considerIdle();
    this.#changed();
  }

  /** Runs a bash script in the machine, as root. Throws while it rests: a look must not wake what nobody uses. */
  async script(options: ScriptOptions): Promise<ExecResult> {
    const ended = this.#end.signal;
    const signal = options.signal === undefined ? ended : AbortSignal.any([options.signal, ended]);
    const link = await this.#awakeLink(signal);
    return await link.script({ ...options, signal });
  }

  /** The TCP ports that something in the machine listens on; reads two files, starts no program. Throws while it rests. */
  async ports(): Promise<Listening[]> {
    const link = await this.#awakeLink();
    const options = { signal: this.#end.signal, timeoutMs: LOOK_MS };
    const read = async (path: string): Promise<string> =>
      (await link.getFile(path, SOCKET_TABLE_BYTES, options)).contents.toString('latin1');
    return listeningPorts(await read('/proc/net/tcp'), await read('/proc/net/tcp6').catch(() => ''));
  }

  /** A TCP connection made inside the machine. Throws while it rests, and LinkError where nothing answers there. */
  async dial(at: Listening, signal: AbortSignal): Promise<Duplex> {
    const link = await this.#awakeLink();
    return await link.dial(at.host, at.port, {
      signal: AbortSignal.any([signal, this.#end.signal]),
      timeoutMs: LOOK_MS,
    });
  }

  /** Keeps this moment of the machine, which goes on meanwhile. Nothing happens while it rests. */
  async checkpoint(label: string): Promise<void> {
    if (this.#state !== 'ready') return;
    const hold = this.#owned();
    const { id, bytes, stoppedMs } = await hold.machine.checkpoint(label);
    // It stood still for a moment, and its clock with it.
    await hold
      .renewClock(this.#end.signal)
      .catch((error: unknown) => this.#log('the clock was not renewed', { error }));
    this.#log('a checkpoint was taken', { label, checkpoint: id, mib: Math.round(bytes / 1024 ** 2), stoppedMs });
    this.#changed();
  }

  /** Back to a checkpoint, shells and all. Throws where it is not there or cannot be read; the machine is kept in any case. */
  async rewind(checkpoint: number): Promise<void> {
    await this.#inTurn(() => this.#rewind(checkpoint));
  }

  /** To disk, whoever looks: somebody else needs the memory. A page that is used will wake it again. */
  async hibernate(): Promise<void> {
    await this.#options.hibernations(() => this.#inTurn(() => this.#hibernate()));
  }

  /** Ends the machine. Idempotent. */
  async close(reason = 'closed'): Promise<void> {
    this.#end.abort(new Error('the session was closed'));
    await this.#inTurn(() => this.#close(reason));
  }

  /** Leaves the machine as it is, for a later `adopt`. */
  async detach(): Promise<void> {
    if (this.#detached) return;
    this.#detached = true;
    this.#end.abort(new Error('the session was detached'));
    clearTimeout(this.#idleTimer);
    await this.#queue;
    this.terminals.close();
    await this.#hold?.detach();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #begin(): Promise<void> {
    const { source, bake } = this.#options;
    const { signal } = this.#end;
    const onProgress = (progress: BootProgress): void => this.#onProgress(progress);
    try {
      for (let attempt = 1; ; attempt++) {
        const machine = await source.take({ bake, signal, onProgress });
        if (signal.aborted) return await machine.close();
        const hold = this.#own(machine);
        this.#progress = { stage: 'setup', attempt };
        this.#go('took');
        await this.#save();
        if (await this.#prepare(hold, attempt)) break;
        if (signal.aborted) return;
        this.terminals.restart();
        await hold.close();
        if (attempt === ATTEMPTS) return await this.#fail('setup-failed');
        this.#go('again');
      }
      this.#progress = null;
      this.#go('set-up');
      this.terminals.openInput();
      await this.#save();
      this.#considerIdle();
    } catch (error) {
      if (signal.aborted) return;
      this.#log('no machine could be had', { error });
      await this.#fail(codeOf(error) ?? 'start-failed');
    }
  }

  /** Whether the machine is what the lesson needs. */
  async #prepare(hold: Hold, attempt: number): Promise<boolean> {
    const { signal } = this.#end;
    const machine = hold.machine.facts.id;
    try {
      hold.connect();
      const link = await hold.firstLink(signal);
      this.#log('a machine is being set up', { machine, attempt });
      await this.#options.setUp(link, signal);
      signal.throwIfAborted();
      if (hold.machine.state !== 'ready') throw new Error('the machine ended while it was set up');
      return true;
    } catch (error) {
      if (!signal.aborted) this.#log('the set-up of a machine failed', { machine, attempt, error });
      return false;
    }
  }

  #own(machine: Machine): Hold {
    this.terminals.beginEpoch(machine.epoch);
    const hold = new Hold(machine, {
      handlers: {
        onOutput: (terminal, seq, bytes) => this.terminals.output(terminal, seq, bytes),
        onInputAck: (terminal, bytes) => this.terminals.inputAck(terminal, bytes),
        onEvent: (event) => this.terminals.event(event),
        onXray: (payload) => this.xray.receive(payload),
      },
      linked: (link) => this.#linked(link),
      linkLost: (error, attempts) => this.#linkLost(error, attempts),
      woken: () => this.terminals.beginEpoch(machine.epoch),
      gone: (reason) => this.#gone(hold, reason),
      log: this.#options.log,
    });
    this.#hold = hold;
    return hold;
  }

  async #awakeLink(signal: AbortSignal = this.#end.signal): Promise<AgentLink> {
    if (this.#state !== 'ready') throw new Error(`the machine is ${this.#state}`);
    return await this.#owned().link(signal);
  }

  #owned(): Hold {
    if (this.#hold === undefined) throw new Error('there is no machine yet');
    return this.#hold;
  }

  async #linked(link: AgentLink): Promise<void> {
    await this.terminals.bind(link);
    this.xray.bind(link);
    if (this.#state === 'ready') this.#reason = null;
    await this.#fillDesk();
    this.#changed();
  }

  /**
   * A learner never faces an empty desk: not when the last terminal was closed, nor when an agent that was restarted has lost its shells. Only here is it
   * known whether the machine has none or has not answered yet.
   */
  async #fillDesk(): Promise<void> {
    if (this.terminals.list().length === 0) await this.terminals.open(80, 24, LEARNER);
  }

  #linkLost(error: unknown, attempts: number): void {
    this.terminals.unbind();
    this.xray.unbind();
    this.#log('the agent does not answer', { attempts, error });
    if (attempts < 3 || this.#state !== 'ready' || this.#reason !== null) return;
    this.#reason = 'agent-lost';
    this.#changed();
  }

  #gone(hold: Hold, reason: string): void {
    if (hold !== this.#hold || !isLive(this.#state)) return;
    this.#log('a machine ended by itself', { reason });
    // Whoever sets it up notices, and tries once more.
    if (this.#state === 'setting-up') hold.disconnect();
    else void this.#fail(reason);
  }

  async #fail(reason: string): Promise<void> {
    this.#reason = reason;
    this.#progress = null;
    clearTimeout(this.#idleTimer);
    this.terminals.close();
    this.#go('fail');
    await this.#saveIfPossible();
    await this.#hold?.close().catch((error: unknown) => this.#log('a failed machine could not be ended', { error }));
  }

  /** A machine that was put to disk for another's sake comes back when its page is used. */
  #stir(): void {
    if (this.#state === 'hibernated' || this.#state === 'paused') this.#considerIdle();
  }

  #considerIdle(): void {
    clearTimeout(this.#idleTimer);
    if (this.#detached) return;
    const { action, askAgainMs } = this.#due();
    if (action !== undefined) void this.#act(action);
    else if (askAgainMs !== undefined) {
      // setTimeout fires at once beyond 2^31 - 1 ms
      this.#idleTimer = setTimeout(() => this.#considerIdle(), Math.min(askAgainMs, 2_000_000_000));
      this.#idleTimer.unref();
    }
  }

  #due(): ReturnType<typeof idle> {
    const facts = {
      state: this.#state,
      viewers: this.#ports.size,
      aloneSinceMs: this.#aloneSinceMs,
      expiresAtMs: this.#expiresAtMs,
      nowMs: this.#now(),
      hibernateNotBeforeMs: this.#hibernateNotBeforeMs,
    };
    return idle(facts, this.#options.idle);
  }

  async #act(action: IdleAction): Promise<void> {
    const rest = (): Promise<void> => this.#inTurn(() => this.#rest(action));
    try {
      if (action === 'give-up') await this.close('given-up');
      else if (action === 'expire') await this.close('expired');
      else if (action === 'hibernate') await this.#options.hibernations(rest);
      else await rest();
    } catch (error) {
      if (this.#detached) return;
      this.#log('a machine could not be paused or woken', { action, error });
      const reason = codeOf(error) ?? `${action}-failed`;
      if (action === 'hibernate' && this.machine?.state === this.#state) {
        // A full disk, say. Nothing is lost: the machine is what it was.
        this.#hibernateNotBeforeMs = this.#now() + HIBERNATE_AGAIN_MS;
        this.#considerIdle();
      } else if (this.#state === 'waking' && this.machine?.state === 'hibernated') {
        // Its memory and disk are still there: the learner's work is kept for a later try.
        this.#reason = reason;
        this.#go('hibernate');
      } else if (isLive(this.#state)) await this.#fail(reason);
    }
  }

  async #rest(action: IdleAction): Promise<void> {
    // Whoever came or left while this waited for its turn counts.
    if (this.#detached || this.#due().action !== action) return;
    if (action === 'hibernate') await this.#hibernate();
    else if (action === 'pause') {
      await this.#owned().pause();
      this.#go('pause');
    } else if (action === 'resume') {
      await this.#owned().resume(this.#end.signal);
      this.#go('resume');
    } else if (action === 'wake') await this.#wake();
    await this.#saveIfPossible();
    this.#considerIdle();
  }

  async #hibernate(): Promise<void> {
    if (this.#state !== 'ready' && this.#state !== 'paused') return;
    this.#screens = await this.terminals.save();
    // Before the machine sleeps: whoever finds it asleep after a crash has the text.
    await this.#save();
    this.terminals.unbind();
    this.xray.unbind();
    try {
      await this.#owned().hibernate();
    } catch (error) {
      this.#screens = [];
      throw error;
    }
    this.#go('hibernate');
    await this.#saveIfPossible();
  }

  async #wake(): Promise<void> {
    this.#go('wake');
    await this.#owned().wake(this.#end.signal);
    this.#screens = [];
    this.#reason = null;
    this.#go('woke');
  }

  async #rewind(checkpoint: number): Promise<void> {
    const { signal } = this.#end;
    const { machine } = this.#owned();
    if (!machine.checkpoints.some(({ id }) => id === checkpoint)) throw new Error('there is no such checkpoint');
    this.#go('rewind');
    this.terminals.unbind();
    // Positions of a future that will not have been must never fit what comes, also should this process end half-way.
    this.terminals.restart();
    this.#screens = [];
    try {
      await this.#save();
      await this.#owned().rewind(checkpoint, signal);
    } catch (error) {
      if (signal.aborted) throw error;
      if (machine.state === 'closed') await this.#fail('rewind-failed');
      else if (machine.state === 'hibernated') {
        this.#reason = 'rewind-failed';
        this.#go('hibernate');
      } else this.#go('rewound');
      await this.#saveIfPossible();
      this.#considerIdle();
      throw error;
    }
    this.#reason = null;
    this.#go('rewound');
    await this.#saveIfPossible();
    this.#considerIdle();
  }

  async #close(reason: string): Promise<void> {
    if (this.#state === 'closed' || this.#detached) return;
    clearTimeout(this.#idleTimer);
    if (this.#state !== 'failed') this.#reason = reason;
    this.#go('close');
    this.terminals.close();
    await this.#hold?.close();
    this.#go('gone');
    await this.#save();
  }

  async #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#queue.then(work);
    this.#queue = turn.catch(() => undefined);
    await turn;
  }

  #onProgress(progress: BootProgress): void {
    if (this.#state !== 'starting' && this.#state !== 'queued') return;
    this.#progress = progress;
    this.#go(progress.stage === 'queued' ? 'queue' : 'start');
  }

  #go(event: SessionEvent): void {
    const state = next(this.#state, event);
    if (state === undefined) throw new Error(`a session that is ${this.#state} cannot ${event}`);
    this.#state = state;
    if (state === 'paused') this.xray.rest();
    this.#changed();
  }

  #changed(): void {
    for (const watcher of this.#watchers) watcher.changed?.();
  }

  #log(event: string, details: Readonly<Record<string, unknown>>): void {
    this.#options.log(event, { session: this.id, ...details });
  }

  #remember(): void {
    // What was saved last is what the next process needs; pages that leave a server which ends change nothing.
    if (this.#detached) return;
    void this.#saveIfPossible();
  }

  /** For what the machine itself will say to whoever adopts it: a full disk must not end it. */
  async #saveIfPossible(): Promise<void> {
    await this.#save().catch((error: unknown) => this.#log('a session could not be saved', { error }));
  }

  async #save(): Promise<void> {
    await this.#options.save({
      machine: this.machine?.facts.id ?? null,
      state: this.#state,
      reason: this.#reason,
      epochBase: this.terminals.epochBase,
      epoch: this.terminals.epoch,
      screens: this.#screens,
      expiresAtMs: this.#expiresAtMs,
      aloneSinceMs: this.#aloneSinceMs,
    });
  }
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined;
  return /^[a-z][a-z-]{0,62}$/.test(error.code) ? error.code : undefined;
}
