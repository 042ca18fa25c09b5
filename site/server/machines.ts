// The engine with this server's configuration, its templates made before anyone has to wait for them.
import { join } from 'node:path';
import { findGuestImage } from '../../sandbox/image/build.ts';
import { createEngine } from '../../sandbox/source/engine.ts';
import type { Engine } from '../../sandbox/source/engine.ts';
import type { OnBake } from '../../sandbox/source/templates.ts';
import type { Catalog } from '../../labs/lab.ts';
import type { Config } from './config.ts';
import { StartError } from './errors.ts';
import type { Log } from './server.ts';

/** Throws StartError where set-up did not run, SandboxError where the host cannot run machines. */
export async function openEngine(config: Config, log: Log, onBake?: OnBake): Promise<Engine> {
  const { cacheDir, readOnlyCacheDirs } = config;
  const image = await findGuestImage({ cacheDir, readOnlyCacheDirs });
  if (image === undefined) throw new StartError('image-missing', `It should be in ${cacheDir}.`, 'Run: npm start');
  return await createEngine(
    {
      cacheDir,
      readOnlyCacheDirs: [...readOnlyCacheDirs],
      machinesDir: join(config.dataDir, 'machines'),
      keepersDir: join(config.dataDir, 'keepers'),
      image: { dir: image.dir, hash: image.hash },
      qemuRoot: config.qemuRoot,
      accelerator: config.accelerator,
      vcpus: config.vcpus,
      memoryMib: config.memoryMib,
      diskCapMib: config.diskCapMib,
      maxCheckpoints: config.checkpoints,
      maxMachines: config.maxMachines,
      reserveMib: config.reserveMib,
      leaseMs: config.leaseMs,
    },
    { onError: (error) => log('something failed in the engine', { error }), ...(onBake && { onBake }) },
  );
}

/** The base template first; labs with their own follow while the server already serves. */
export async function prepareBase(engine: Engine, log: Log): Promise<void> {
  try {
    await engine.prepare(undefined);
  } catch (error) {
    log('the template could not be made, machines boot cold', { error });
  }
}

export async function prepareLabs(engine: Engine, catalog: Catalog, log: Log): Promise<void> {
  for (const { id, bake } of catalog.labs) {
    if (bake === undefined) continue;
    try {
      await engine.prepare(bake);
    } catch (error) {
      log('the template of a lab could not be made', { lab: id, error });
    }
  }
}
