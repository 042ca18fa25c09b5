// Machines kept ready: restored, told who they are, and paused, so that waiting costs memory but no processor.
import type { QemuMachine } from '../qemu/machine.ts';
import { restoredParams } from '../qemu/identity.ts';
import { rehearseSetUp } from '../qemu/rehearsal.ts';
import { AgentLink } from '../session/agent-link.ts';

export type PoolOptions = {
  /** makes one more; waits for room on the host */
  readonly make: (signal: AbortSignal) => Promise<QemuMachine>;
  readonly onError?: ((error: unknown) => void) | undefined;
};

/** After a failure the pool waits before it tries again, so that a broken host is not kept busy with failing. */
const RETRY_MS = 10_000;
/** Whoever just got a machine needs the processors more than the pool does: under emulation a clone takes a second of one. */
const REFILL_MS = 4000;
/** A machine that is woken answers in some 20 ms; one that does not is thrown away and a fresh one made. */
const ANSWER_MS = 3000;

export class Pool {
  readonly #options: PoolOptions;
  readonly #ready: QemuMachine[] = [];
  readonly #abort = new AbortController();
  #size = 0;
  #making = 0;
  #retry: NodeJS.Timeout | undefined;
  #later: NodeJS.Timeout | undefined;
  #work: Promise<void> = Promise.resolve();

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  get warm(): number {
    return this.#ready.length;
  }

  get machines(): readonly QemuMachine[] {
    return this.#ready;
  }

  resize(size: number): void {
    if (size === this.#size) return;
    this.#size = size;
    for (const surplus of this.#ready.splice(size)) void surplus.close();
    this.#fill();
  }

  /** A running machine with the right time, or undefined when none is ready. */
  async take(): Promise<QemuMachine | undefined> {
    for (let machine = this.#ready.shift(); machine !== undefined; machine = this.#ready.shift()) {
      this.#refill();
      if (await this.#revive(machine)) return machine;
    }
    return undefined;
  }

  /** Waits until as many are ready as shall be; for tests and measurements. */
  async full(): Promise<void> {
    while (this.#ready.length < this.#size && !this.#abort.signal.aborted) {
      this.#fill();
      await this.#work;
      if (this.#retry !== undefined) throw new Error('the pool cannot be filled');
    }
  }

  async renew(): Promise<void> {
    for (const machine of this.#ready) await machine.renewLease();
  }

  async close(): Promise<void> {
    this.#size = 0;
    clearTimeout(this.#retry);
    clearTimeout(this.#later);
    this.#abort.abort();
    await this.#work;
    await Promise.all(this.#ready.splice(0).map((machine) => machine.close()));
  }

  async #revive(machine: QemuMachine): Promise<boolean> {
    try {
      await machine.resume();
      await using link = await AgentLink.open(await machine.connect(), { helloTimeoutMs: ANSWER_MS });
      const params = restoredParams(machine.facts.id, machine.epoch, false);
      await link.call('restored', params, { timeoutMs: ANSWER_MS });
      return true;
    } catch (error) {
      this.#options.onError?.(error);
      await machine.close();
      return false;
    }
  }

  #refill(): void {
    clearTimeout(this.#later);
    this.#later = setTimeout(() => this.#fill(), REFILL_MS);
    this.#later.unref();
  }

  /** One at a time: filling must not take the processors from those who work. */
  #fill(): void {
    if (this.#abort.signal.aborted || this.#making > 0 || this.#ready.length >= this.#size) return;
    this.#making++;
    this.#work = this.#makeOne()
      .catch((error: unknown) => {
        if (this.#abort.signal.aborted) return;
        this.#options.onError?.(error);
        this.#retry = setTimeout(() => {
          this.#retry = undefined;
          this.#fill();
        }, RETRY_MS);
      })
      .finally(() => {
        this.#making--;
        if (this.#retry === undefined) this.#fill();
      });
  }

  async #makeOne(): Promise<void> {
    const machine = await this.#options.make(this.#abort.signal);
    try {
      await rehearse(machine);
      await machine.pause();
    } catch (error) {
      await machine.close();
      throw error;
    }
    if (this.#abort.signal.aborted || this.#ready.length >= this.#size) return machine.close();
    machine.watch({
      onState: (state) => {
        const at = this.#ready.indexOf(machine);
        if (state !== 'closed' || at < 0) return;
        this.#ready.splice(at, 1);
        this.#fill();
      },
    });
    this.#ready.push(machine);
  }
}

/**
 * Runs what a lab's set-up will run first. An emulated processor translates code when it first comes by, which takes longer than
 * running it: better here than while somebody waits.
 */
async function rehearse(machine: QemuMachine): Promise<void> {
  await using link = await AgentLink.open(await machine.connect());
  await rehearseSetUp(link);
}
