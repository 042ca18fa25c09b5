// The real machine: one boxed QEMU, driven through its control socket. Effects only; the states are in machine/state.ts.
import { randomBytes } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { SandboxError } from '../machine/errors.ts';
import type { Machine, MachineEvents, MachineFacts } from '../machine/machine.ts';
import { next, type MachineEvent, type MachineState } from '../machine/state.ts';
import { BOX_DIR, FD, type MachinePlan, type Ram, type Start } from './arguments.ts';
import { AgentChannel } from './channel.ts';
import { endMachine, endProcesses, processesEnded } from './ending.ts';
import { hostnameOf, writeRecord, type MachineFolder, type MachineRecord } from './folder.ts';
import type { QemuInstall } from './install.ts';
import { dial, dialQmp, launch, touchLease, type Limits } from './launch.ts';
import type { QmpConnection } from './qmp/connection.ts';
import type { QmpEvent } from './qmp/messages.ts';
import * as verbs from './qmp/verbs.ts';
import { receiveState } from './state-receiver.ts';
import { abilities, parseVersion, type QemuAbilities } from './version.ts';

export const DISK = 'disk.qcow2';

/** Reading a device state of 80 kB takes milliseconds; a minute is for a host that is swamped. */
const RESTORE_MS = 60_000;
/** A gigabyte to a slow disk. */
const CHECKPOINT_MS = 120_000;
/** Page headers of the stream and the devices' state, with room. */
const STATE_OVERHEAD_MIB = 64;
const CONTROL_MS = 20_000;

export type MachineHost = {
  readonly install: QemuInstall;
  readonly limits: Limits;
  /** asked before a hibernated machine comes back: it needs more memory than a clone. Resolves when there is room */
  readonly admitWake?: ((id: string) => Promise<void>) | undefined;
};

/** How a machine comes to life the first time. */
export type Birth = {
  readonly ram: Ram;
  readonly start: Start;
  /** seen inside the box by QEMU ≥ 8.2, opened by the supervisor before */
  readonly stateFile?: string;
  /** the path under which the supervisor finds the template's sealed memory (QEMU < 8.2) */
  readonly ramFile?: string | undefined;
};

export function newMachineId(): string {
  return `m${randomBytes(6).toString('hex')}`;
}

export class QemuMachine implements Machine {
  readonly facts: MachineFacts;
  readonly folder: MachineFolder;
  readonly #host: MachineHost;
  /** of the QEMU that runs, which after an upgrade of the host may be older than the installed one */
  readonly #abilities: QemuAbilities;
  readonly #watchers = new Set<MachineEvents>();
  #record: MachineRecord;
  #state: MachineState;
  #qmp: QmpConnection | undefined;
  #channel: AgentChannel | undefined;
  #leaseMs = Date.now();
  #shutdownReason: string | undefined;
  #detached = false;
  #ending: Promise<void> | undefined;
  /** one change at a time: a pause asked for during a hibernation waits for its end */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(host: MachineHost, folder: MachineFolder, record: MachineRecord, state: MachineState) {
    this.#host = host;
    this.folder = folder;
    this.#record = record;
    this.#state = state;
    this.#abilities = abilities(parseVersion(`version ${record.qemuVersion}`));
    const { accelerator, vcpus, memoryMib } = record.hardware;
    this.facts = {
      id: record.id,
      hostname: hostnameOf(record.id),
      accelerator,
      qemuVersion: record.qemuVersion,
      origin: record.origin,
      vcpus,
      memoryMib,
      template: record.template,
    };
  }

  get state(): MachineState {
    return this.#state;
  }

  get epoch(): number {
    return this.#record.epoch;
  }

  get isDetached(): boolean {
    return this.#detached;
  }

  get readOnlyPaths(): readonly string[] {
    return this.#record.readOnlyPaths;
  }

  watch(events: MachineEvents): () => void {
    this.#watchers.add(events);
    return () => void this.#watchers.delete(events);
  }

  /** First life: QEMU runs and the channel is connected; the caller makes sure that the guest answers, then calls `booted`. */
  async start(birth: Birth): Promise<void> {
    this.#move('start');
    await this.#launch(birth.ram, birth.start, birth.stateFile, birth.ramFile);
    const qmp = this.#control();
    if (birth.start.kind === 'incoming') {
      await verbs.setCapabilities(qmp, { events: true, 'x-ignore-shared': true });
      await verbs.migrateIn(qmp, this.#sourceUri(birth.stateFile ?? ''), RESTORE_MS);
      await verbs.cont(qmp);
    }
  }

  async booted(): Promise<void> {
    this.#move('booted');
    await writeRecord(this.folder, this.#record);
    await rm(this.folder.starting, { force: true });
  }

  /** Takes over what another process left: its QEMU where one runs, else only its files. */
  async attach(): Promise<void> {
    if (this.#state === 'hibernated') return;
    await this.#connect(CONTROL_MS);
    const { running } = await verbs.status(this.#control());
    this.#state = running ? 'ready' : 'paused';
    await this.renewLease();
  }

  async connect(signal?: AbortSignal): Promise<Duplex> {
    if (this.#channel === undefined) throw new SandboxError('wrong-state', `a ${this.#state} machine has no channel`);
    return this.#channel.open(signal);
  }

  pause(): Promise<void> {
    return this.#inTurn('pause', async () => verbs.stop(this.#control()));
  }

  resume(): Promise<void> {
    return this.#inTurn('resume', async () => verbs.cont(this.#control()));
  }

  hibernate(): Promise<void> {
    return this.#inTurn('hibernate', async () => {
      const qmp = this.#control();
      const wasRunning = this.#state === 'ready';
      await verbs.stop(qmp);
      const mapped = this.#abilities.mappedRam;
      try {
        await verbs.setCapabilities(qmp, {
          events: true,
          'x-ignore-shared': false,
          ...(mapped ? { 'mapped-ram': true } : {}),
        });
        await verbs.liftMigrationBandwidth(qmp);
        await this.#writeState(qmp);
      } catch (cause) {
        if (wasRunning && qmp.isOpen) await verbs.cont(qmp);
        throw new SandboxError('hibernate-failed', 'the memory could not be written', cause);
      }
      // The record first, the mark second, the end of QEMU last: a crash in between leaves something that can be adopted.
      await this.#note('hibernated');
      await writeFile(this.folder.hibernated, '');
      this.#dropLinks();
      await verbs.quit(qmp, CONTROL_MS).finally(() => qmp.close());
      if (!(await processesEnded(this.folder, CONTROL_MS))) {
        throw new SandboxError('hibernate-failed', 'QEMU did not end');
      }
    });
  }

  wake(): Promise<void> {
    return this.#inTurn('wake', async () => {
      const { install } = this.#host;
      if (install.version.text !== this.#record.qemuVersion) {
        const message = `it was written by QEMU ${this.#record.qemuVersion}, this host has ${install.version.text}`;
        throw new SandboxError('wake-failed', message);
      }
      await this.#host.admitWake?.(this.facts.id);
      const from = checkpoint(this.epoch);
      const file = this.#abilities.fileMigration ? `${BOX_DIR}/${from}` : join(this.folder.box, from);
      try {
        await this.#launch({ kind: 'fresh' }, { kind: 'incoming' }, file);
        const qmp = this.#control();
        const mapped = this.#abilities.mappedRam;
        await verbs.setCapabilities(qmp, { events: true, ...(mapped ? { 'mapped-ram': true } : {}) });
        await verbs.migrateIn(qmp, this.#sourceUri(file), RESTORE_MS);
        if (mapped) await verbs.setCapabilities(qmp, { 'mapped-ram': false });
      } catch (cause) {
        // The mark is still there, so the files stay and it can be tried again.
        this.#dropLinks();
        this.#qmp?.close();
        await endProcesses(this.folder);
        throw new SandboxError('wake-failed', 'the memory could not be read', cause);
      }
      // From the first instruction on, the disk goes its own way and the checkpoint is worthless.
      this.#record = { ...this.#record, epoch: this.epoch + 1 };
      await this.#note('ready');
      await rm(this.folder.hibernated, { force: true });
      await rm(this.folder.starting, { force: true });
      await rm(join(this.folder.box, from), { force: true });
      await verbs.cont(this.#control());
    });
  }

  async renewLease(): Promise<void> {
    if (this.#state === 'closed' || this.#state === 'closing') return;
    await touchLease(this.folder);
    this.#leaseMs = Date.now();
  }

  detach(): Promise<void> {
    this.#detached = true;
    this.#dropLinks();
    this.#qmp?.close();
    this.#watchers.clear();
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.#ending ??= this.#end();
    return this.#ending;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** What the guest wrote to its console last; empty when QEMU is gone. */
  async consoleTail(): Promise<string> {
    return this.#qmp?.isOpen ? verbs.consoleTail(this.#qmp, 4096).catch(() => '') : '';
  }

  /** For making templates: stops the machine and writes all but the shared memory to a file, whose path is returned. */
  async snapshotDevices(): Promise<string> {
    const qmp = this.#control();
    await verbs.stop(qmp);
    await verbs.setCapabilities(qmp, { events: true, 'x-ignore-shared': true });
    await this.#writeState(qmp);
    return join(this.folder.box, checkpoint(this.epoch));
  }

  async #end(): Promise<void> {
    // It is somebody else's since then.
    if (this.#detached) return;
    if (this.#state === 'closed') return endMachine(this.folder);
    this.#move('close');
    this.#dropLinks();
    this.#qmp?.close();
    await endMachine(this.folder);
    this.#move('gone');
  }

  async #launch(ram: Ram, start: Start, stateFile?: string, ramFile?: string): Promise<void> {
    const { install, limits } = this.#host;
    const { id, hardware, agentDisk, readOnlyPaths } = this.#record;
    const byPath = this.#abilities.fileMigration;
    const plan: MachinePlan = {
      name: id,
      hardware,
      ram,
      start,
      disk: `${BOX_DIR}/${DISK}`,
      agentDisk,
      firmwareDirs: install.firmwareDirs,
    };
    await launch({
      install,
      folder: this.folder,
      plan,
      readOnlyPaths,
      boxDir: this.folder.box,
      ramFile,
      stateIn: byPath ? undefined : stateFile,
      limits,
    });
    await this.#connect(CONTROL_MS);
  }

  async #connect(timeoutMs: number): Promise<void> {
    const qmp = await dialQmp(this.folder, timeoutMs);
    this.#qmp = qmp;
    qmp.onEvent((event) => this.#onEvent(event));
    qmp.onEnd(() => this.#onEnd(qmp));
    this.#channel = new AgentChannel(() => dial(this.folder, this.folder.agentSocket, performance.now() + CONTROL_MS));
    await this.#channel.prepare();
  }

  #onEvent(event: QmpEvent): void {
    if (event.name === 'SHUTDOWN' && typeof event.data['reason'] === 'string') {
      this.#shutdownReason = event.data['reason'].slice(0, 64);
    } else if (event.name === 'BLOCK_IO_ERROR' && event.data['operation'] === 'write') {
      // The overlay reached its cap, or the host's disk is full: either way the guest cannot write any more.
      this.#tell('disk-full');
    }
  }

  /** A lost control socket is a machine's end, unless the end was asked for here. */
  #onEnd(qmp: QmpConnection): void {
    if (this.#qmp !== qmp) return;
    this.#dropLinks();
    const state = this.#state;
    if (this.#detached || state === 'closing' || state === 'closed' || state === 'hibernated') return;
    if (this.#hibernating) return;
    this.#move('gone', this.#reason());
    this.#ending ??= endMachine(this.folder);
  }

  get #hibernating(): boolean {
    return this.#record.state === 'hibernated';
  }

  #reason(): string {
    if (this.#shutdownReason !== undefined) return this.#shutdownReason;
    return Date.now() - this.#leaseMs > this.#host.limits.leaseMs ? 'lease-expired' : 'qemu-exited';
  }

  #dropLinks(): void {
    this.#channel?.close();
    this.#channel = undefined;
  }

  #control(): QmpConnection {
    if (this.#qmp === undefined || !this.#qmp.isOpen) throw new SandboxError('machine-gone', 'QEMU is gone');
    return this.#qmp;
  }

  /** To `checkpoint-<epoch>` in the box's folder. */
  async #writeState(qmp: QmpConnection): Promise<void> {
    const name = checkpoint(this.epoch);
    if (this.#abilities.fileMigration) {
      return verbs.migrateOut(qmp, `file:${BOX_DIR}/${name}`, CHECKPOINT_MS);
    }
    const maxBytes = (this.facts.memoryMib + STATE_OVERHEAD_MIB) * 1024 * 1024;
    await using receiver = await receiveState(this.folder.box, join(this.folder.box, name), maxBytes);
    await verbs.migrateOut(qmp, receiver.uri, CHECKPOINT_MS);
    await receiver.done;
  }

  #sourceUri(file: string): string {
    return this.#abilities.fileMigration ? `file:${file}` : `fd:${FD.stateIn}`;
  }

  /** Runs `work` after whatever runs, and moves the state when it succeeded. */
  #inTurn(event: 'pause' | 'resume' | 'hibernate' | 'wake', work: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(async () => {
      if (next(this.#state, event) === undefined) {
        throw new SandboxError('wrong-state', `a ${this.#state} machine cannot ${event}`);
      }
      await work();
      this.#move(event);
      if (event === 'pause' || event === 'resume') await this.#note(event === 'pause' ? 'paused' : 'ready');
    });
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #note(state: MachineRecord['state']): Promise<void> {
    this.#record = { ...this.#record, state };
    await writeRecord(this.folder, this.#record);
  }

  #move(event: MachineEvent, reason?: string): void {
    const to = next(this.#state, event);
    if (to === undefined) throw new SandboxError('wrong-state', `a ${this.#state} machine cannot ${event}`);
    const changed = to !== this.#state;
    this.#state = to;
    if (changed) this.#tell(reason);
  }

  #tell(reason?: string): void {
    for (const { onState } of [...this.#watchers]) onState?.(this.#state, reason);
  }
}

function checkpoint(epoch: number): string {
  return `checkpoint-${epoch}`;
}
