// One learner's hold on one machine: takes it, sets it up, keeps its terminals, lets it rest and wakes it, gives it up.
//
// The machine and its shells outlive this object: `detach` (or the death of the process) leaves them running, and
// `adopt` finds them again from what `save` was given last.
import { randomBytes } from 'node:crypto';
import type { BootProgress, Machine } from '../machine/machine.ts';
import type { Position } from '../protocol/messages.ts';
import type { BakeRecipe, MachineSource } from '../source/source.ts';
import { Connection } from './connection.ts';
import type { AgentLink } from './agent-link.ts';
import type { ExecOptions, ExecResult } from './guest-calls.ts';
import { extended, idle } from './idle.ts';
import type { IdleAction, IdlePolicy } from './idle.ts';
import type { SavedScreen, SessionRecord } from './record.ts';
import { isLive, next } from './state.ts';
import type { SessionEvent, SessionState } from './state.ts';
import { Terminals } from './terminals.ts';
import type { SessionLog, SessionView, SessionWatcher } from './view.ts';
import type { ViewerPort } from './viewer.ts';

/** A lease lasts ten minutes; a server that hangs for a few of these must not lose its machines. */
const LEASE_RENEWAL_MS = 60_000;

/** How long the agent of a machine just handed out may take to answer. */
const FIRST_ANSWER_MS = 15_000;

const LEARNER = 'learner';

export type SessionOptions = {
  readonly id: string;
  readonly source: MachineSource;
  readonly bake: BakeRecipe | undefined;
  /** makes the machine what the lesson needs, before the learner may type */
  readonly setUp: (link: AgentLink, signal: AbortSignal) => Promise<void>;
  readonly idle: IdlePolicy;
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
  readonly #options: SessionOptions;
  readonly #now: () => number;
  readonly #terminals: Terminals;
  readonly #connection: Connection;
  readonly #ports = new Set<ViewerPort>();
  readonly #watchers = new Set<SessionWatcher>();
  readonly #end = new AbortController();
  #state: SessionState;
  #reason: string | null = null;
  #progress: BootProgress | null = null;
  #machine: Machine | undefined;
  #unwatch: (() => void) | undefined;
  #screens: SavedScreen[] = [];
  #expiresAtMs: number | null;
  #aloneSinceMs: number;
  #idleTimer: NodeJS.Timeout | undefined;
  #leaseTimer: NodeJS.Timeout | undefined;
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
    this.#terminals = new Terminals(options.epochBase, options.outputBytesPerSecond, {
      changed: () => this.#changed(),
      commandFinished: (terminal, exitCode) => {
        for (const watcher of this.#watchers) watcher.commandFinished?.(terminal, exitCode);
      },
      linkBroken: (error) => {
        options.log('the agent refused a terminal', { session: this.id, error });
        this.#connection.renew();
      },
      now: this.#now,
    });
    this.#connection = new Connection({
      connect: async (signal) => await this.#owned().connect(signal),
      handlers: {
        onOutput: (terminal, seq, bytes) => this.#terminals.output(terminal, seq, bytes),
        onInputAck: (terminal, bytes) => this.#terminals.inputAck(terminal, bytes),
        onEvent: (event) => this.#terminals.event(event),
      },
      opened: (link) => this.#linked(link),
      lost: (error, attempts) => this.#linkLost(error, attempts),
    });
  }

  /** Begins at once; what happens is told to watchers. */
  static start(options: SessionOptions): Session {
    const session = new Session(options, 'starting', undefined);
    void session.#begin();
    return session;
  }

  /** Takes up a machine that an earlier process left. `record.state` must be ready, paused or hibernated. */
  static async adopt(options: SessionOptions, machine: Machine, record: SessionRecord): Promise<Session> {
    const state = machine.state === 'hibernated' ? 'hibernated' : machine.state === 'paused' ? 'paused' : 'ready';
    const session = new Session(options, state, record);
    session.#screens = record.screens;
    session.#own(machine);
    // A running guest has more than we saved; a sleeping one cannot be asked.
    if (state === 'hibernated') await session.#terminals.restore(record.screens);
    session.#terminals.openInput();
    if (state === 'ready') {
      session.#screens = [];
      session.#connection.start();
      if (record.state === 'waking') session.#renewClock().catch((error: unknown) => session.#clockFailed(error));
    }
    session.#considerIdle();
    return session;
  }

  get state(): SessionState {
    return this.#state;
  }

  get machine(): Machine | undefined {
    return this.#machine;
  }

  get viewers(): number {
    return this.#ports.size;
  }

  get lastSeenMs(): number {
    return this.#ports.size > 0 ? this.#now() : this.#aloneSinceMs;
  }

  /** The epoch that a machine following this one must begin above. */
  get lastEpoch(): number {
    return this.#options.epochBase + (this.#machine?.epoch ?? 0);
  }

  view(): SessionView {
    return {
      id: this.id,
      state: this.#state,
      progress: this.#progress,
      machine: this.#machine?.facts ?? null,
      terminals: this.#terminals.list(),
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

  leave(port: ViewerPort): void {
    if (!this.#ports.delete(port)) return;
    this.#terminals.leave(port);
    if (this.#ports.size === 0) {
      this.#aloneSinceMs = this.#now();
      this.#remember();
    }
    this.#considerIdle();
  }

  attach(port: ViewerPort, terminal: number, position: Position | null, cols: number, rows: number): void {
    this.#terminals.attach(port, terminal, position, cols, rows);
  }

  detachTerminal(port: ViewerPort, terminal: number): void {
    this.#terminals.get(terminal)?.detach(port);
  }

  resize(port: ViewerPort, terminal: number, cols: number, rows: number): void {
    this.#terminals.get(terminal)?.resize(port, cols, rows);
  }

  focus(port: ViewerPort, terminal: number): void {
    this.#stir();
    this.#terminals.get(terminal)?.focus(port);
  }

  /** Returns false for a position that was never sent. */
  acknowledge(port: ViewerPort, terminal: number, seq: number): boolean {
    return this.#terminals.get(terminal)?.acknowledge(port, seq) ?? true;
  }

  /** Returns false where the page sent more than its window. */
  input(port: ViewerPort, terminal: number, bytes: Uint8Array): boolean {
    this.extend();
    this.#stir();
    return this.#terminals.input(port, terminal, bytes);
  }

  /** A machine that was put to disk for another's sake comes back when its page is used. */
  #stir(): void {
    if (this.#state === 'hibernated' || this.#state === 'paused') this.#considerIdle();
  }

  async openTerminal(cols: number, rows: number): Promise<number> {
    return await this.#terminals.open(cols, rows, LEARNER);
  }

  async closeTerminal(terminal: number): Promise<void> {
    await this.#terminals.closeTerminal(terminal);
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

  /** Runs a program in the machine. Throws while it rests: a look must not wake what nobody uses. */
  async exec(options: ExecOptions): Promise<ExecResult> {
    if (this.#state !== 'ready') throw new Error(`the machine is ${this.#state}`);
    const ended = this.#end.signal;
    const signal = options.signal === undefined ? ended : AbortSignal.any([options.signal, ended]);
    const link = await this.#connection.ready(signal);
    return await link.exec({ ...options, signal });
  }

  /** To disk, whoever looks: somebody else needs the memory. A page that is still here will wake it again. */
  async hibernate(): Promise<void> {
    await this.#inTurn(() => this.#doHibernate());
  }

  /** Ends the machine. Idempotent. */
  async close(reason = 'closed'): Promise<void> {
    this.#end.abort(new Error('the session was closed'));
    await this.#inTurn(() => this.#doClose(reason));
  }

  /** Leaves the machine as it is, for a later `adopt`. */
  async detach(): Promise<void> {
    if (this.#detached) return;
    this.#detached = true;
    this.#end.abort(new Error('the session was detached'));
    this.#stopTimers();
    await this.#queue;
    this.#release();
    await this.#machine?.detach();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #begin(): Promise<void> {
    try {
      for (let attempt = 1; isLive(this.#state); attempt++) {
        const machine = await this.#options.source.take({
          bake: this.#options.bake,
          signal: this.#end.signal,
          onProgress: (progress) => this.#onProgress(progress),
        });
        if (this.#end.signal.aborted) return void (await machine.close());
        this.#own(machine);
        this.#progress = { stage: 'setup', attempt };
        this.#go('took');
        await this.#save();
        try {
          await this.#prepare(attempt);
          break;
        } catch (error) {
          if (this.#end.signal.aborted) return;
          this.#options.log('the set-up of a machine failed', { session: this.id, machine: machine.facts.id, error });
          this.#disown();
          await machine.close();
          if (attempt === 2) return await this.#fail('setup-failed');
          this.#go('again');
        }
      }
      if (!isLive(this.#state)) return;
      this.#progress = null;
      this.#go('set-up');
      this.#terminals.openInput();
      await this.#save();
      this.#considerIdle();
    } catch (error) {
      if (this.#end.signal.aborted) return;
      this.#options.log('no machine could be had', { session: this.id, error });
      await this.#fail(codeOf(error) ?? 'start-failed');
    }
  }

  async #prepare(attempt: number): Promise<void> {
    const deadline = AbortSignal.any([this.#end.signal, AbortSignal.timeout(FIRST_ANSWER_MS)]);
    this.#connection.start();
    const link = await this.#connection.ready(deadline);
    this.#options.log('a machine is being set up', { session: this.id, machine: this.#owned().facts.id, attempt });
    await this.#options.setUp(link, this.#end.signal);
    if (this.#state !== 'setting-up') throw new Error(`the machine was lost while it was set up`);
  }

  async #linked(link: AgentLink): Promise<void> {
    await this.#terminals.bind(link);
    if (this.#reason !== null && this.#state === 'ready') this.#reason = null;
    if (this.#terminals.list().every((terminal) => terminal.exitCode !== null)) {
      const open = link.welcome.terminals.length === 0;
      if (open) await this.#terminals.open(80, 24, LEARNER);
    }
    this.#changed();
  }

  #linkLost(error: unknown, attempts: number): void {
    this.#terminals.unbind();
    this.#options.log('the agent does not answer', { session: this.id, attempts, error });
    if (attempts >= 3 && this.#state === 'ready' && this.#reason === null) {
      this.#reason = 'agent-lost';
      this.#changed();
    }
  }

  #own(machine: Machine): void {
    this.#machine = machine;
    this.#terminals.beginEpoch(machine.epoch);
    this.#unwatch = machine.watch({
      onState: (state, reason) => {
        if (state === 'closed' && isLive(this.#state)) this.#lost(reason ?? 'machine-gone');
      },
    });
    this.#leaseTimer = setInterval(() => {
      machine.renewLease().catch((error: unknown) => {
        this.#options.log('a lease could not be renewed', { session: this.id, error });
      });
    }, LEASE_RENEWAL_MS);
  }

  #disown(): void {
    clearInterval(this.#leaseTimer);
    this.#unwatch?.();
    this.#connection.stop();
    this.#terminals.unbind();
  }

  #owned(): Machine {
    if (this.#machine === undefined) throw new Error('there is no machine yet');
    return this.#machine;
  }

  /** The machine ended without being asked to. While it is set up, `#begin` notices and tries once more. */
  #lost(reason: string): void {
    this.#options.log('a machine ended by itself', { session: this.id, reason });
    if (this.#state === 'setting-up') this.#connection.stop();
    else void this.#fail(reason);
  }

  async #fail(reason: string): Promise<void> {
    this.#reason = reason;
    this.#progress = null;
    this.#stopTimers();
    this.#release();
    this.#go('fail');
    await this.#save();
    await this.#machine?.close().catch((error: unknown) => {
      this.#options.log('a failed machine could not be ended', { session: this.id, error });
    });
  }

  #release(): void {
    this.#disown();
    this.#terminals.close();
  }

  #stopTimers(): void {
    clearTimeout(this.#idleTimer);
    clearInterval(this.#leaseTimer);
  }

  #considerIdle(): void {
    clearTimeout(this.#idleTimer);
    if (this.#detached) return;
    const { action, askAgainMs } = idle(
      {
        state: this.#state,
        viewers: this.#ports.size,
        aloneSinceMs: this.#aloneSinceMs,
        expiresAtMs: this.#expiresAtMs,
        nowMs: this.#now(),
      },
      this.#options.idle,
    );
    if (action !== undefined) void this.#act(action);
    // setTimeout fires at once beyond 2^31 - 1 ms
    else if (askAgainMs !== undefined) {
      this.#idleTimer = setTimeout(() => this.#considerIdle(), Math.min(askAgainMs, 2_000_000_000));
      this.#idleTimer.unref();
    }
  }

  async #act(action: IdleAction): Promise<void> {
    try {
      if (action === 'give-up') await this.close('given-up');
      else if (action === 'expire') await this.close('expired');
      else await this.#inTurn(() => this.#rest(action));
    } catch (error) {
      this.#options.log('a machine could not be paused or woken', { session: this.id, action, error });
      const reason = codeOf(error) ?? `${action}-failed`;
      if (this.#state === 'waking' && this.#machine?.state === 'hibernated') {
        // Its memory and disk are still there: the learner's work is kept for a later try.
        this.#reason = reason;
        this.#go('hibernate');
      } else if (isLive(this.#state)) await this.#fail(reason);
    }
  }

  async #rest(action: 'pause' | 'hibernate' | 'resume' | 'wake'): Promise<void> {
    // Whoever came or left while this waited for its turn counts.
    const wanted = action === 'resume' || action === 'wake';
    if (this.#detached || wanted !== this.#ports.size > 0) return;
    if (action === 'pause') await this.#doPause();
    else if (action === 'hibernate') await this.#doHibernate();
    else if (action === 'resume') await this.#doResume();
    else await this.#doWake();
    this.#considerIdle();
  }

  async #doPause(): Promise<void> {
    if (this.#state !== 'ready') return;
    await this.#owned().pause();
    this.#go('pause');
    await this.#save();
  }

  async #doResume(): Promise<void> {
    if (this.#state !== 'paused') return;
    await this.#owned().resume();
    this.#connection.start();
    this.#go('resume');
    await this.#renewClock();
    await this.#save();
  }

  async #doHibernate(): Promise<void> {
    if (this.#state !== 'ready' && this.#state !== 'paused') return;
    const machine = this.#owned();
    this.#screens = await this.#terminals.save();
    // Before the machine sleeps: whoever finds it asleep after a crash has the text.
    await this.#save();
    this.#disown();
    await machine.hibernate();
    this.#go('hibernate');
    this.#unwatch = machine.watch({
      onState: (state, reason) => state === 'closed' && isLive(this.#state) && this.#lost(reason ?? 'machine-gone'),
    });
    await this.#save();
  }

  async #doWake(): Promise<void> {
    if (this.#state !== 'hibernated') return;
    const machine = this.#owned();
    this.#go('wake');
    this.#unwatch?.();
    await machine.wake();
    this.#own(machine);
    this.#connection.start();
    await this.#connection.ready(AbortSignal.any([this.#end.signal, AbortSignal.timeout(FIRST_ANSWER_MS)]));
    await this.#renewClock();
    this.#screens = [];
    this.#reason = null;
    this.#go('woke');
    await this.#save();
  }

  #clockFailed(error: unknown): void {
    this.#options.log('the clock of a machine could not be renewed', { session: this.id, error });
  }

  async #renewClock(): Promise<void> {
    const machine = this.#owned();
    const link = await this.#connection.ready(
      AbortSignal.any([this.#end.signal, AbortSignal.timeout(FIRST_ANSWER_MS)]),
    );
    // With fresh: false the identity is not touched; the machine keeps the one it was handed out with.
    await link.call('restored', {
      epoch: machine.epoch,
      unixMs: Date.now(),
      entropy: randomBytes(64).toString('base64'),
      hostname: machine.facts.hostname,
      machineId: '0'.repeat(32),
      mac: '02:00:00:00:00:00',
      fresh: false,
    });
  }

  async #doClose(reason: string): Promise<void> {
    if (this.#state === 'closed' || this.#detached) return;
    this.#stopTimers();
    if (this.#state !== 'failed') this.#reason = reason;
    this.#go('close');
    this.#release();
    await this.#machine?.close();
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
    this.#changed();
  }

  #changed(): void {
    for (const watcher of this.#watchers) watcher.changed?.();
  }

  #remember(): void {
    this.#save().catch((error: unknown) => {
      this.#options.log('a session could not be saved', { session: this.id, error });
    });
  }

  async #save(): Promise<void> {
    await this.#options.save({
      machine: this.#machine?.facts.id ?? null,
      state: this.#state,
      reason: this.#reason,
      epoch: this.lastEpoch,
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
