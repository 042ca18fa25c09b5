// A machine in hand: its lease, the link to its agent, and the verbs that let it rest and bring it back.
import { randomBytes } from 'node:crypto';
import type { Machine } from '../machine/machine.ts';
import type { AgentLink, LinkHandlers } from './agent-link.ts';
import { Connection } from './connection.ts';
import type { SessionLog } from './view.ts';

/** A lease lasts ten minutes; a server that hangs for a few of these must not lose its machines. */
const LEASE_RENEWAL_MS = 60_000;

/** How long the agent of a machine just handed out or woken may take to answer. */
const FIRST_ANSWER_MS = 15_000;

export type HoldHooks = {
  readonly handlers: Omit<LinkHandlers, 'onClose'>;
  /** a link answers; it is used by others when this is done */
  readonly linked: (link: AgentLink) => Promise<void>;
  readonly linkLost: (error: unknown, attempts: number) => void;
  /** the machine's memory came back in a new epoch, and its agent has not been spoken to yet */
  readonly woken: () => void;
  /** the machine ended without being asked to */
  readonly gone: (reason: string) => void;
  readonly log: SessionLog;
};

export class Hold {
  readonly machine: Machine;
  readonly #hooks: HoldHooks;
  readonly #connection: Connection;
  readonly #unwatch: () => void;
  #lease: NodeJS.Timeout | undefined;

  constructor(machine: Machine, hooks: HoldHooks) {
    this.machine = machine;
    this.#hooks = hooks;
    this.#connection = new Connection({
      connect: (signal) => machine.connect(signal),
      handlers: hooks.handlers,
      opened: hooks.linked,
      lost: hooks.linkLost,
    });
    this.#unwatch = machine.watch({
      onState: (state, reason) => {
        if (state === 'closed') hooks.gone(reason ?? 'machine-gone');
      },
    });
    // A sleeping machine has no process that a lease could end.
    if (machine.state !== 'hibernated') this.#keepLease();
  }

  /** Connects to the agent and stays connected. */
  connect(): void {
    this.#connection.start();
  }

  disconnect(): void {
    this.#connection.stop();
  }

  /** Takes a new link in place of one that misbehaves. */
  renewLink(): void {
    this.#connection.renew();
  }

  /** The link, as soon as the agent answers. */
  link(signal: AbortSignal): Promise<AgentLink> {
    return this.#connection.ready(signal);
  }

  /** The same for a machine that must answer soon or counts as broken. */
  firstLink(signal: AbortSignal): Promise<AgentLink> {
    return this.#connection.ready(AbortSignal.any([signal, AbortSignal.timeout(FIRST_ANSWER_MS)]));
  }

  async pause(): Promise<void> {
    await this.machine.pause();
    // Whoever stands still answers no greeting; a link that is there stays.
    if (this.#connection.link === undefined) this.#connection.stop();
  }

  async resume(signal: AbortSignal): Promise<void> {
    await this.machine.resume();
    this.connect();
    await this.renewClock(signal);
  }

  async hibernate(): Promise<void> {
    this.#connection.stop();
    try {
      await this.machine.hibernate();
    } finally {
      // A machine that could not be written runs on.
      if (this.machine.state === 'ready') this.connect();
    }
    clearInterval(this.#lease);
  }

  async wake(signal: AbortSignal): Promise<void> {
    await this.machine.wake();
    this.#keepLease();
    this.#hooks.woken();
    this.connect();
    await this.renewClock(signal);
  }

  /** The caller has told the terminals: none of them is what it was. */
  async rewind(checkpoint: number, signal: AbortSignal): Promise<void> {
    this.#connection.stop();
    try {
      await this.machine.rewind(checkpoint);
      this.#hooks.woken();
    } finally {
      // Also where nothing came of it: a machine that runs on is spoken to again.
      if (this.machine.state === 'ready') {
        this.#keepLease();
        this.connect();
      }
    }
    await this.renewClock(signal);
  }

  /** What a stopped machine missed: the time, and entropy of its own. */
  async renewClock(signal: AbortSignal): Promise<void> {
    const { facts, epoch } = this.machine;
    const link = await this.firstLink(signal);
    // With fresh: false the identity is not touched; the machine keeps the one it was handed out with.
    await link.call('restored', {
      epoch,
      unixMs: Date.now(),
      entropy: randomBytes(64).toString('base64'),
      hostname: facts.hostname,
      machineId: '0'.repeat(32),
      mac: '02:00:00:00:00:00',
      fresh: false,
    });
  }

  /** Lets go of everything on this side; the machine goes on. */
  release(): void {
    clearInterval(this.#lease);
    this.#unwatch();
    this.#connection.stop();
  }

  async detach(): Promise<void> {
    this.release();
    await this.machine.detach();
  }

  async close(): Promise<void> {
    this.release();
    await this.machine.close();
  }

  #keepLease(): void {
    clearInterval(this.#lease);
    this.#lease = setInterval(() => {
      this.machine.renewLease().catch((error: unknown) => {
        this.#hooks.log('a lease could not be renewed', { machine: this.machine.facts.id, error });
      });
    }, LEASE_RENEWAL_MS);
    this.#lease.unref();
  }
}
