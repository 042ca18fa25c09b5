// The machines of one server process: pool first, then a clone, for the base template a cold boot as the last resort.
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { AcceleratorChoice } from '../host/accelerator.ts';
import { SandboxError } from '../machine/errors.ts';
import type { Machine } from '../machine/machine.ts';
import { endMachine } from '../qemu/ending.ts';
import { isAlive, MACHINE_ID, machineFolder, machineIds, readProcesses, readRecord } from '../qemu/folder.ts';
import { QemuMachine } from '../qemu/machine.ts';
import { machinePss } from '../qemu/memory.ts';
import type { Template } from '../qemu/template-files.ts';
import { expectedMib, wokenMib } from './admission.ts';
import { bootCold, cloneTemplate, type BirthOptions, type BirthPlace, type ColdPlan } from './births.ts';
import type { EngineConfig } from './config.ts';
import { Pool } from './pool.ts';
import type { BakeRecipe, MachineRequest, MachineSource, SourceStats } from './source.ts';
import type { OnBake, Templates } from './templates.ts';
import type { Place, WaitingRoom } from './waiting-room.ts';

export type EngineWatchers = {
  /** a template is being made; `recipe` is '' for the base */
  readonly onBake?: OnBake;
  /** something went wrong that nobody waits for */
  readonly onError?: (error: unknown) => void;
};

export type Engine = MachineSource & {
  readonly accelerator: AcceleratorChoice;
  readonly qemuVersion: string;
  /** Makes the template of `bake` now, so that nobody has to wait for it later. */
  prepare(bake: BakeRecipe | undefined): Promise<void>;
  /** A machine booted from the image, as where no template can be made; for measurements. */
  takeCold(): Promise<Machine>;
  /** Resolves when all pools are full. */
  warmed(): Promise<void>;
  /** Paths in the cache that machines made now, running or hibernated, need. */
  cachePaths(): Promise<readonly string[]>;
};

type Parts = {
  readonly config: EngineConfig;
  readonly place: BirthPlace;
  readonly accelerator: AcceleratorChoice;
  readonly templates: Templates;
  readonly cold: ColdPlan;
  readonly waiting: WaitingRoom;
  readonly watchers: EngineWatchers;
};

/** A tenth of the usual lease: pools and keepers are renewed well before it is over. */
const RENEW_MS = 60_000;
const MEASURES_KEPT = 16;
/** By then what a fresh machine takes shows in the host's free memory. */
const SETTLED_MS = 10_000;

export class QemuEngine implements Engine {
  readonly accelerator: AcceleratorChoice;
  readonly qemuVersion: string;
  readonly #parts: Parts;
  /** every machine of this process with its place in the host's memory; a hibernated one has none */
  readonly #machines = new Map<string, { readonly machine: QemuMachine; place: Place | undefined }>();
  readonly #pools = new Map<string, Pool>();
  readonly #renewal: NodeJS.Timeout;
  #measuredMib: number[] = [];

  constructor(parts: Parts) {
    this.#parts = parts;
    this.accelerator = parts.accelerator;
    this.qemuVersion = parts.place.host.install.version.text;
    const period = Math.min(RENEW_MS, parts.config.leaseMs / 4);
    this.#renewal = setInterval(() => void this.#renew().catch((error: unknown) => this.#report(error)), period);
    this.#renewal.unref();
  }

  async prepare(bake: BakeRecipe | undefined): Promise<void> {
    await this.#parts.templates.get(bake, this.#parts.watchers.onBake);
  }

  async take(request: MachineRequest): Promise<Machine> {
    const ready = await this.#pools.get(poolKey(request.bake))?.take();
    if (ready === undefined) return this.#make(request);
    request.onProgress?.({ stage: 'ready', attempt: 1 });
    return ready;
  }

  async takeCold(): Promise<Machine> {
    const { place, cold, config, waiting } = this.#parts;
    const room = await waiting.enter(expectedMib(this.#measuredMib));
    try {
      const machine = await bootCold(place, cold, { answerMs: config.coldAnswerMs });
      this.#keep(machine, room);
      return machine;
    } catch (error) {
      room.release();
      throw error;
    } finally {
      room.started();
    }
  }

  async adopt(id: string): Promise<Machine | undefined> {
    const known = this.#machines.get(id);
    if (known !== undefined && !known.machine.isDetached) return known.machine;
    if (!MACHINE_ID.test(id)) return undefined;
    const folder = machineFolder(join(this.#parts.config.machinesDir, id));
    const record = await readRecord(folder);
    if (record?.id !== id) return undefined;
    const alive = (await readProcesses(folder)).some((one) => one.name === 'qemu' && isAlive(one));
    if (!alive && !(await isMarked(folder.hibernated))) {
      await endMachine(folder);
      return undefined;
    }
    const machine = new QemuMachine(this.#parts.place.host, folder, record, alive ? 'ready' : 'hibernated');
    try {
      await machine.attach();
    } catch (error) {
      this.#report(error);
      await machine.detach();
      return undefined;
    }
    this.#keep(machine, machine.state === 'hibernated' ? undefined : this.#parts.waiting.occupy());
    return machine;
  }

  async sweep(keep: ReadonlySet<string>): Promise<readonly string[]> {
    const { machinesDir } = this.#parts.config;
    const gone = (await machineIds(machinesDir)).filter(
      (id) => !keep.has(id) && !this.#machines.has(id) && !this.#parts.place.starting.has(id),
    );
    await Promise.all(gone.map((id) => endMachine(machineFolder(join(machinesDir, id)))));
    return gone;
  }

  warm(bake: BakeRecipe | undefined, count: number): void {
    const key = poolKey(bake);
    let pool = this.#pools.get(key);
    if (pool === undefined) {
      pool = new Pool({
        make: (signal) => this.#make({ bake, signal }),
        onError: (error) => this.#report(error),
      });
      this.#pools.set(key, pool);
    }
    pool.resize(count);
  }

  async warmed(): Promise<void> {
    for (const pool of this.#pools.values()) await pool.full();
  }

  async cachePaths(): Promise<readonly string[]> {
    const { config, cold, templates } = this.#parts;
    const ids = await machineIds(config.machinesDir);
    const records = await Promise.all(ids.map((id) => readRecord(machineFolder(join(config.machinesDir, id)))));
    const ofMachines = records.flatMap((record) => (record ? [...record.readOnlyPaths, record.agentDisk] : []));
    return [cold.image.dir, cold.agentDisk, ...templates.folders(), ...ofMachines];
  }

  stats(): SourceStats {
    const { waiting } = this.#parts;
    const machines = [...this.#machines.values()].map(({ machine }) => machine);
    const warm = [...this.#pools.values()].reduce((sum, pool) => sum + pool.warm, 0);
    const hibernated = machines.filter((machine) => machine.state === 'hibernated').length;
    return {
      running: machines.length - hibernated - warm,
      hibernated,
      warm,
      queued: waiting.queued,
      free: waiting.freeNow(expectedMib(this.#measuredMib)),
    };
  }

  async close(): Promise<void> {
    clearInterval(this.#renewal);
    this.#parts.waiting.close();
    for (const pool of this.#pools.values()) await pool.close();
    await this.#parts.templates.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** A hibernated machine gave its place up; it gets another one, by what it brings with it, or waits for it. To be called when it is up. */
  async admitWake(id: string, changedBytes: number): Promise<() => void> {
    const place = await this.#parts.waiting.enter(wokenMib(changedBytes));
    const known = this.#machines.get(id);
    // A try that failed has left its place behind.
    known?.place?.release();
    if (known === undefined) place.release();
    else known.place = place;
    return () => place.started();
  }

  async #make(request: MachineRequest): Promise<QemuMachine> {
    const { waiting, config } = this.#parts;
    const { signal, onProgress } = request;
    // The first machine of a lab may wait for many seconds here, and its learner with it.
    if (!(await this.#parts.templates.isReady(request.bake))) onProgress?.({ stage: 'template', attempt: 1 });
    const template = await this.#templateOf(request.bake);
    const place = await waiting.enter(expectedMib(this.#measuredMib), {
      signal,
      ...(onProgress ? { onProgress } : {}),
    });
    try {
      for (let attempt = 1; ; attempt++) {
        try {
          const machine = await this.#birth(template, {
            signal,
            onStage: (stage) => onProgress?.({ stage, attempt }),
            answerMs: template === undefined ? config.coldAnswerMs : config.cloneAnswerMs,
          });
          this.#keep(machine, place);
          onProgress?.({ stage: 'ready', attempt });
          return machine;
        } catch (error) {
          const hung = error instanceof SandboxError && error.code === 'boot-failed';
          if (!hung || signal?.aborted === true || attempt >= config.attempts) throw error;
          this.#report(error);
        }
      }
    } catch (error) {
      place.release();
      throw error;
    } finally {
      place.started();
    }
  }

  /** undefined where the base template cannot be made: then machines are booted cold, slowly, but they are there. */
  async #templateOf(bake: BakeRecipe | undefined): Promise<Template | undefined> {
    try {
      return await this.#parts.templates.get(bake, this.#parts.watchers.onBake);
    } catch (error) {
      if (bake !== undefined) throw error;
      this.#report(error);
      return undefined;
    }
  }

  #birth(template: Template | undefined, options: BirthOptions): Promise<QemuMachine> {
    const { place, cold } = this.#parts;
    return template === undefined ? bootCold(place, cold, options) : cloneTemplate(place, template, options);
  }

  /** Follows a machine until its end, so that its place is given up when it needs no memory any more. */
  #keep(machine: QemuMachine, place: Place | undefined): void {
    const { id } = machine.facts;
    const entry = { machine, place };
    this.#machines.set(id, entry);
    const measure = setTimeout(() => void this.#measure(machine, entry), SETTLED_MS);
    measure.unref();
    machine.watch({
      onState: (state) => {
        if (state !== 'closed' && state !== 'hibernated') return;
        entry.place?.release();
        entry.place = undefined;
        if (state === 'closed') {
          clearTimeout(measure);
          this.#machines.delete(id);
        }
      },
    });
  }

  async #measure(machine: QemuMachine, entry: { readonly place: Place | undefined }): Promise<void> {
    entry.place?.settled();
    const mib = await machinePss(machine.folder).catch(() => 0);
    if (mib > 0 && machine.state === 'ready') this.#measuredMib = [...this.#measuredMib, mib].slice(-MEASURES_KEPT);
  }

  async #renew(): Promise<void> {
    for (const pool of this.#pools.values()) await pool.renew();
    await this.#parts.templates.renew();
  }

  #report(error: unknown): void {
    this.#parts.watchers.onError?.(error);
  }
}

function poolKey(bake: BakeRecipe | undefined): string {
  return bake === undefined ? '' : `${bake.name} ${bake.hash}`;
}

function isMarked(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
