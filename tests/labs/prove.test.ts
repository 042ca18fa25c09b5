// Every lab proves itself on real machines, with one seed; `npm run prove -- --full` tries others.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadCatalog } from '../../labs/catalog.ts';
import type { Engine } from '../../sandbox/source/engine.ts';
import { readConfig } from '../../site/server/config.ts';
import { openEngine } from '../../site/server/machines.ts';
import { proveLab } from './prove.ts';
import type { Proof } from './prove.ts';
import { places } from './slots.ts';
import { formatProof, formatTable, secondTries, shortfalls } from './table.ts';

/** All labs together: what ripens in them ripens side by side, but two cores under emulation have much to do. */
const COURSE_MS = 60 * 60_000;

const config = readConfig(process.env);
const catalog = await loadCatalog(config.labsDir);
const shared = places();
const proofs = new Map<string, Promise<readonly Proof[]>>();
let engine: Engine;

beforeAll(async () => {
  engine = await openEngine(config, () => undefined);
  for (const lab of catalog.labs) {
    const proof = shared.busy
      .with(() => engine.prepare(lab.bake))
      .then(() =>
        proveLab(lab, {
          seed: 'proof',
          places: shared,
          again: true,
          take: () => engine.take({ bake: lab.bake }),
          onProof: (step) => console.log(formatProof(step)),
        }),
      );
    // Whoever waits for it hears of a failure; until then nobody listens.
    proof.catch(() => undefined);
    proofs.set(lab.id, proof);
  }
}, 300_000);
afterAll(() => engine.close());

describe.each(catalog.labs.map((lab) => [lab.id, lab] as const))('the lab %s', (id, lab) => {
  it(
    'passes nothing when fresh, everything when solved, and tells each typical mistake',
    async () => {
      const own = (await proofs.get(id)) ?? [];
      console.log([formatTable([lab], own), ...secondTries(own)].join('\n'));
      // What checks cost is told and not judged here: processor time in a guest depends on who else uses the host.
      expect(shortfalls([lab], own, false)).toEqual([]);
      expect(own.filter(({ step }) => step === 'solve')).toHaveLength(lab.tasks.length);
    },
    COURSE_MS,
  );
});
