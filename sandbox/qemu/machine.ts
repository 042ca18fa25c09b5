// The real machine: one boxed QEMU, driven through its control socket. Effects only; the states are in machine/state.ts.
import { randomBytes } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { SandboxError } from '../machine/errors.ts';
import type { Checkpoint, Machine, MachineEvents, MachineFacts } from '../machine/machine.ts';
import type { OneByOne } from '../machine/one-by-one.ts';
import { next, type MachineEvent, type MachineState } from '../machine/state.ts';
import { BOX_DIR, FD, type MachinePlan, type Ram, type Start } from './arguments.ts';
import { AgentChannel } from './channel.ts';
import { addLayer, allocated, assertRoom, clearAway, hasRoom, takeMemory } from './checkpoints.ts';
import { endMachine, endProcesses, processesEnded } from './ending.ts';
import { hostnameOf, writeRecord, type MachineFolder, type MachineRecord } from './folder.ts';
import type { QemuInstall } from './install.ts';
import { keptMemory, type Keepers } from './keeper.ts';
import { dial, dialQmp, launch, touchLease, type Limits } from './launch.ts';
import type { QmpConnection } from './qmp/connection.ts';
import type { QmpEvent } from './qmp/messages.ts';
import * as verbs from './qmp/verbs.ts';
import { receiveState, type StateFile } from './state-receiver.ts';
import { madeOf } from './template-files.ts';
import { abilities, parseVersion, type QemuAbilities } from './version.ts';

export const DISK = 'disk.qcow2';

/** Reading a device state of 80 kB takes milliseconds; a minute is for a host that is swamped. */
const RESTORE_MS = 60_000;
/** A gigabyte to a slow disk. */
const CHECKPOINT_MS = 120_000;
const CONTROL_MS = 20_000;

export type MachineHost = {
  readonly install: QemuInstall;
  readonly limits: Limits;
  readonly keepers: Keepers;
  /** of one machine; the oldest goes */
  readonly maxCheckpoints: number;
  /** Checkpoints keep a core busy for seconds: the machines of a host take theirs one after the other. */
  readonly oneByOne: OneByOne;
  /** Asked before a hibernated machine comes back with that many bytes of changed memory. Resolves when it may, to what is called when it has. */
  readonly admitWake?: ((id: string, changedBytes: number) => Promise<() => void>) | undefined;
};

/** How a machine comes to life the first time. */
export type Birth = {
  readonly start: Start;
  /** seen inside the box by QEMU ≥ 8.2, opened by the supervisor before */
  readonly stateFile?: string;
  /** for making a template; every other machine maps what its record says */
  readonly ram?: Ram;
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

  get checkpoints(): readonly Checkpoint[] {
    return this.#record.checkpoints.map(({ id, label, takenAtMs, bytes, stoppedMs }) => {
      return { id, label, takenAtMs, bytes, stoppedMs };
    });
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
    await this.#launch(birth.start, birth.stateFile, birth.ram);
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
    const qmp = this.#control();
    // A checkpoint or a hibernation may have been under way when the other process died.
    await verbs.cancelMigration(qmp);
    await verbs.setCapabilities(qmp, { 'pause-before-switchover': false });
    const node = await verbs.writableNode(qmp);
    if (node !== undefined && node !== this.#record.node) await this.#write({ node, disk: `${node}.qcow2` });
    let { running } = await verbs.status(qmp);
    if (!running && this.#record.state === 'ready') {
      await verbs.contAfterMigration(qmp);
      running = true;
    }
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
      const memory = checkpoint(this.epoch);
      const file = join(this.folder.box, memory);
      if (!(await hasRoom(this.folder.box, this.facts.memoryMib))) {
        throw new SandboxError('hibernate-failed', 'the host’s disk is nearly full');
      }
      await verbs.stop(qmp);
      try {
        await verbs.setCapabilities(qmp, {
          events: true,
          'x-ignore-shared': false,
          'pause-before-switchover': false,
        });
        await verbs.liftMigrationBandwidth(qmp);
        await this.#writeState(qmp, { file, memory: await this.#memory() });
        await this.#noteSleep(memory);
      } catch (cause) {
        // What was written of it is worth nothing, and may be what filled the disk.
        await rm(file, { force: true });
        if (wasRunning && qmp.isOpen) await verbs.contAfterMigration(qmp);
        throw new SandboxError('hibernate-failed', 'the memory could not be written', cause);
      }
      await this.#quit(qmp);
    });
  }

  checkpoint(label: string): Promise<Checkpoint> {
    // Its turn on the host comes first: what waits there must not keep the machine from anything else.
    return this.#host.oneByOne(() => this.#inTurn('checkpoint', () => this.#checkpoint(label)));
  }

  rewind(id: number): Promise<void> {
    return this.#inTurn('rewind', async () => {
      const to = this.#record.checkpoints.find((one) => one.id === id);
      if (to === undefined) throw new SandboxError('no-such-checkpoint', `there is no checkpoint ${id}`);
      await this.#assertReadable('rewind-failed');
      const disk = this.#newLayer();
      await addLayer(this.#host.install, this.folder, disk, to.disk);
      const layers = { ...this.#record.layers, [disk]: to.disk };
      // It falls asleep as it is now and wakes as it was then. From here on its past is what the record says.
      if (this.#state === 'hibernated') {
        await this.#admitted(to.memory, async () => {
          const old = this.#record.memory;
          await this.#write({ layers, disk, memory: to.memory });
          if (old !== null && old !== to.memory) await this.#forgetMemory(old);
          await this.#awake('rewind-failed');
        });
      } else {
        await this.#write({ layers });
        const qmp = this.#control();
        await this.#noteSleep(to.memory, { disk });
        await this.#quit(qmp);
        await this.#awake('rewind-failed').catch((error: unknown) => {
          this.#move('hibernate');
          throw error;
        });
      }
      await this.#write({ layers: await clearAway(this.folder.box, this.#record) });
    });
  }

  wake(): Promise<void> {
    return this.#inTurn('wake', async () => {
      await this.#assertReadable('wake-failed');
      await this.#admitted(this.#asleepAs, () => this.#awake('wake-failed'));
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
    const state = join(this.folder.box, checkpoint(this.epoch));
    await this.#writeState(qmp, { file: state });
    return state;
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

  /** The record first, the mark second, the end of QEMU last: a crash in between leaves something that can be adopted. */
  async #noteSleep(memory: string, change: Partial<MachineRecord> = {}): Promise<void> {
    const before = this.#record;
    try {
      await this.#write({ ...change, memory, state: 'hibernated' });
      await writeFile(this.folder.hibernated, '');
    } catch (error) {
      // It goes on, as what it was. A disk that takes no record has the one of before.
      await rm(this.folder.hibernated, { force: true });
      await this.#write(before).catch(() => undefined);
      throw error;
    }
  }

  async #quit(qmp: QmpConnection): Promise<void> {
    this.#dropLinks();
    await verbs.quit(qmp, CONTROL_MS).finally(() => qmp.close());
    if (!(await processesEnded(this.folder, CONTROL_MS))) {
      throw new SandboxError('hibernate-failed', 'QEMU did not end');
    }
  }

  /** Starts QEMU from the memory and the disk that the record names. */
  async #awake(code: 'wake-failed' | 'rewind-failed'): Promise<void> {
    const before = this.#record;
    const from = this.#asleepAs;
    const file = this.#abilities.fileMigration ? `${BOX_DIR}/${from}` : join(this.folder.box, from);
    try {
      await this.#launch({ kind: 'incoming' }, file);
      const qmp = this.#control();
      await verbs.setCapabilities(qmp, { events: true });
      await verbs.migrateIn(qmp, this.#sourceUri(file), RESTORE_MS);
      // From the first instruction on, the disk goes its own way, and memory that is no checkpoint's is worthless.
      await this.#write({ epoch: this.epoch + 1, state: 'ready', node: 'vda', memory: null });
    } catch (cause) {
      this.#record = before;
      // The mark is still there, so the files stay and it can be tried again.
      this.#dropLinks();
      this.#qmp?.close();
      await endProcesses(this.folder);
      throw new SandboxError(code, 'the memory could not be read', cause);
    }
    await rm(this.folder.hibernated, { force: true });
    await rm(this.folder.starting, { force: true });
    await this.#forgetMemory(from);
    await verbs.cont(this.#control());
  }

  /** It has been read. */
  async #forgetMemory(name: string): Promise<void> {
    const kept = this.#record.checkpoints.some(({ memory }) => memory === name);
    if (!kept) await rm(join(this.folder.box, name), { force: true });
  }

  get #asleepAs(): string {
    return this.#record.memory ?? checkpoint(this.epoch);
  }

  /** Lets `work` bring it back from `memory` as soon as the host has room for it. */
  async #admitted(memory: string, work: () => Promise<void>): Promise<void> {
    const bytes = await allocated(join(this.folder.box, memory)).catch(() => 0);
    const up = await this.#host.admitWake?.(this.facts.id, bytes);
    try {
      await work();
    } finally {
      up?.();
    }
  }

  /** What this machine maps: its template's file, and the sealed memory that stands for it with QEMU < 8.2. */
  async #base(): Promise<{ readonly file: string; readonly sealed: string | undefined } | undefined> {
    const { base, template } = this.#record;
    if (base === null) return undefined;
    const byPath = this.#abilities.readOnlyRamFile;
    const sealed = byPath ? undefined : await keptMemory(this.#host.keepers, { key: template, ram: base.ram });
    return { file: base.ram, sealed };
  }

  async #assertSameTemplate(): Promise<void> {
    const { base } = this.#record;
    if (base !== null && (await madeOf(base.ram)) !== base.made)
      throw new Error('its template was made anew since then');
  }

  async #memory(): Promise<NonNullable<StateFile['memory']>> {
    await this.#assertSameTemplate();
    const base = await this.#base();
    return { bytes: this.facts.memoryMib * 1024 ** 2, base: base?.sealed ?? base?.file };
  }

  /** Memory is read by the QEMU that wrote it, over the template that it was told apart by. */
  async #assertReadable(code: 'wake-failed' | 'rewind-failed'): Promise<void> {
    const { install } = this.#host;
    if (install.version.text !== this.#record.qemuVersion) {
      const message = `it was written by QEMU ${this.#record.qemuVersion}, this host has ${install.version.text}`;
      throw new SandboxError(code, message);
    }
    await this.#assertSameTemplate().catch((cause: unknown) => {
      throw new SandboxError(code, 'its template is not there as it was', cause);
    });
  }

  async #checkpoint(label: string): Promise<Checkpoint> {
    const { install, limits, maxCheckpoints } = this.#host;
    const { box } = this.folder;
    const { memoryMib } = this.facts;
    const qmp = this.#control();
    if (maxCheckpoints < 1) throw new SandboxError('checkpoint-refused', 'this host keeps none');
    await assertRoom(box, memoryMib, limits.fileBytes);
    const below = this.#record.disk;
    const disk = this.#newLayer();
    const id = this.#record.serial - 1;
    const memory = `point-${id}`;
    const file = join(box, memory);
    await addLayer(install, this.folder, disk, below);
    // What is intended is noted before; what QEMU really did, an adopter asks QEMU.
    await this.#write({ layers: { ...this.#record.layers, [disk]: below } });
    let stoppedMs: number;
    try {
      stoppedMs = await takeMemory({
        qmp,
        box,
        to: { file, memory: await this.#memory() },
        running: this.#state === 'ready',
        whileStopped: async () => {
          const node = disk.replace(/\.qcow2$/, '');
          await verbs.freezeDisk(qmp, this.#record.node, node, `${BOX_DIR}/${disk}`);
          await this.#write({ disk, node });
        },
      });
    } catch (cause) {
      throw new SandboxError('checkpoint-failed', 'the memory could not be written', cause);
    }
    const bytes = await allocated(file);
    const taken = { id, label: label.slice(0, 64), takenAtMs: Date.now(), bytes, stoppedMs: Math.round(stoppedMs) };
    const checkpoints = [...this.#record.checkpoints, { ...taken, disk: below, memory }].slice(-maxCheckpoints);
    await this.#write({ checkpoints });
    await this.#write({ layers: await clearAway(box, this.#record) });
    return taken;
  }

  #newLayer(): string {
    const { serial } = this.#record;
    this.#record = { ...this.#record, serial: serial + 1 };
    return `disk-${serial}.qcow2`;
  }

  async #launch(start: Start, stateFile?: string, shared?: Ram): Promise<void> {
    const { install, limits } = this.#host;
    const { id, hardware, agentDisk, readOnlyPaths } = this.#record;
    const byPath = this.#abilities.fileMigration;
    const base = shared === undefined ? await this.#base() : undefined;
    const plan: MachinePlan = {
      name: id,
      hardware,
      ram: shared ?? (base === undefined ? { kind: 'fresh' } : { kind: 'clone', file: base.file }),
      start,
      disk: `${BOX_DIR}/${this.#record.disk}`,
      agentDisk,
      firmwareDirs: install.firmwareDirs,
    };
    await launch({
      install,
      folder: this.folder,
      plan,
      readOnlyPaths,
      boxDir: this.folder.box,
      ramFile: base?.sealed,
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

  async #writeState(qmp: QmpConnection, to: StateFile): Promise<void> {
    await using receiver = await receiveState(this.folder.box, to);
    await receiver.whileSending(verbs.migrateOut(qmp, receiver.uri, CHECKPOINT_MS));
    await receiver.done;
  }

  #sourceUri(file: string): string {
    return this.#abilities.fileMigration ? `file:${file}` : `fd:${FD.stateIn}`;
  }

  /** Runs `work` after whatever runs, and moves the state when it succeeded. */
  #inTurn<T>(
    event: 'pause' | 'resume' | 'hibernate' | 'wake' | 'checkpoint' | 'rewind',
    work: () => Promise<T>,
  ): Promise<T> {
    const turn = this.#turn.then(async () => {
      if (next(this.#state, event) === undefined) {
        throw new SandboxError('wrong-state', `a ${this.#state} machine cannot ${event}`);
      }
      const result = await work();
      this.#move(event);
      if (event === 'pause' || event === 'resume') {
        // Who adopts it asks QEMU: where the disk takes no record, the machine is paused or goes on all the same.
        await this.#write({ state: event === 'pause' ? 'paused' : 'ready' }).catch(() => undefined);
      }
      return result;
    });
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #write(change: Partial<MachineRecord>): Promise<void> {
    this.#record = { ...this.#record, ...change };
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
