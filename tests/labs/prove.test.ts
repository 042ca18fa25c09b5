// Every lab proves itself on real machines, with one seed; `npm run prove` tries others.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadCatalog } from '../../labs/catalog.ts';
import type { Engine } from '../../sandbox/source/engine.ts';
import { readConfig } from '../../site/server/config.ts';
import { openEngine } from '../../site/server/machines.ts';
import { formatProof, proveLab } from './prove.ts';

/** Under emulation on two cores a lab whose load has to ripen a dozen times takes its time. */
const LAB_MS = 30 * 60_000;

const config = readConfig(process.env);
const catalog = await loadCatalog(config.labsDir);
let engine: Engine;
beforeAll(async () => {
  engine = await openEngine(config, () => undefined);
  await engine.prepare(undefined);
}, 300_000);
afterAll(() => engine.close());

describe.each(catalog.labs.map((lab) => [lab.id, lab] as const))('the lab %s', (_, lab) => {
  it(
    'passes nothing when fresh, everything when solved, and tells each typical mistake',
    async () => {
      const proofs = await proveLab(lab, { seed: 'proof', take: () => engine.take({ bake: lab.bake }) });
      expect(proofs.filter((proof) => !proof.ok).map(formatProof)).toEqual([]);
    },
    LAB_MS,
  );
});
