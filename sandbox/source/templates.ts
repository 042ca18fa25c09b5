// The templates of one engine: made once per recipe, shared by everybody who asks meanwhile, remembered.
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cached } from '../host/cache.ts';
import { SandboxError } from '../machine/errors.ts';
import type { Hardware } from '../qemu/arguments.ts';
import type { AgentDisk } from '../qemu/agent-disk.ts';
import { bakeTemplate, type Bake, type BakeStage, type GuestFiles } from '../qemu/bake.ts';
import { endKeeper, renewKeeper } from '../qemu/keeper.ts';
import { readTemplate, templateKey, type Template } from '../qemu/template-files.ts';
import type { BirthPlace } from './births.ts';
import type { BakeRecipe } from './source.ts';

export type TemplatesOptions = {
  readonly place: BirthPlace;
  readonly cacheDir: string;
  readonly readOnlyCacheDirs: readonly string[];
  readonly hardware: Hardware;
  readonly image: GuestFiles & { readonly hash: string };
  readonly agentDisk: AgentDisk;
};

export type OnBake = (stage: BakeStage | 'waiting', recipe: string) => void;

export class Templates {
  readonly #options: TemplatesOptions;
  readonly #known = new Map<string, Promise<Template>>();
  readonly #ready = new Map<string, Template>();

  constructor(options: TemplatesOptions) {
    this.#options = options;
  }

  key(bake: BakeRecipe | undefined): Promise<string> {
    const { place, hardware, image, agentDisk } = this.#options;
    return templateKey({
      qemuVersion: place.host.install.version.text,
      hardware,
      imageHash: image.hash,
      commandLine: image.commandLine,
      agentHash: agentDisk.hash,
      bake,
    });
  }

  /** Whether get() answers at once. */
  async isReady(bake: BakeRecipe | undefined): Promise<boolean> {
    return this.#ready.has(await this.key(bake));
  }

  /** The template of `bake`, made if it is not there. A failure is not remembered: the next one tries again. */
  async get(bake: BakeRecipe | undefined, onBake?: OnBake): Promise<Template> {
    const key = await this.key(bake);
    let template = this.#known.get(key);
    if (template === undefined) {
      template = this.#make(key, bake, onBake);
      this.#known.set(key, template);
      template.then(
        (made) => this.#ready.set(key, made),
        () => this.#known.delete(key),
      );
    }
    return template;
  }

  /** The folders of those that are ready. */
  folders(): readonly string[] {
    return [...this.#ready.values()].map(({ dir }) => dir);
  }

  /** Keepers end themselves when nobody wants them; an engine does. */
  async renew(): Promise<void> {
    const { keepers } = this.#options.place.host;
    for (const known of this.#known.values()) {
      const template = await known.catch(() => undefined);
      if (template) await renewKeeper(keepers, template.key);
    }
  }

  /** Ends the keepers; the machines that run have the memory mapped and do not need them. */
  async close(): Promise<void> {
    const { keepersDir } = this.#options.place.host.keepers;
    for (const key of this.#known.keys()) await endKeeper(keepersDir, key);
  }

  async #make(key: string, recipe: BakeRecipe | undefined, onBake: OnBake | undefined): Promise<Template> {
    const { cacheDir, readOnlyCacheDirs, hardware, image } = this.#options;
    const name = recipe?.name ?? '';
    const entry = await cached({
      cacheDir,
      readOnlyCacheDirs,
      kind: 'template',
      hash: key,
      onWait: () => onBake?.('waiting', name),
      make: async (dir) => {
        // The base first: its making may take minutes, and a folder half-made by then would only be in the way.
        const from =
          recipe === undefined
            ? ({ kind: 'image', image } as const)
            : ({ kind: 'base', base: await this.get(undefined, onBake), recipe } as const);
        await this.#bake(dir, key, from, name, onBake);
      },
    });
    return readTemplate(entry.dir, key, hardware);
  }

  /** A boot that hangs is tried once more; a script that fails would fail again. */
  async #bake(dir: string, key: string, from: Bake['from'], name: string, onBake: OnBake | undefined): Promise<void> {
    const { place, cacheDir, hardware, agentDisk } = this.#options;
    const bake: Bake = {
      host: place.host,
      machinesDir: place.machinesDir,
      starting: place.starting,
      dir,
      finalDir: join(cacheDir, 'template', key),
      hardware,
      agentDisk: agentDisk.file,
      from,
      onStage: (stage) => onBake?.(stage, name),
    };
    try {
      await bakeTemplate(bake);
    } catch (error) {
      if (!(error instanceof SandboxError) || error.code !== 'boot-failed') throw error;
      for (const file of await readdir(dir)) await rm(join(dir, file), { recursive: true, force: true });
      await bakeTemplate(bake);
    }
  }
}
