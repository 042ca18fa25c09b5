// `npm run prove -- [lab …] [--seed s] [--json]`: proves labs on real machines, one line a step, non-zero when a lab falls short.
import { parseArgs } from 'node:util';
import { loadCatalog } from '../../labs/catalog.ts';
import { readConfig } from '../../site/server/config.ts';
import { openEngine } from '../../site/server/machines.ts';
import { formatProof, proveLab } from './prove.ts';
import type { Proof } from './prove.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seed: { type: 'string', default: 'proof' }, json: { type: 'boolean', default: false } },
});
const config = readConfig(process.env);
const catalog = await loadCatalog(config.labsDir);
const labs = catalog.labs.filter((lab) => positionals.length === 0 || positionals.includes(lab.id));
if (labs.length === 0) throw new Error(`no such lab; there are: ${catalog.labs.map((lab) => lab.id).join(', ')}`);

const say = (proof: Proof): void => void process.stderr.write(`${formatProof(proof)}\n`);
const proofs: Proof[] = [];
{
  await using engine = await openEngine(config, (sentence, about) =>
    process.stderr.write(`${sentence} ${JSON.stringify(about ?? {})}\n`),
  );
  for (const lab of labs) {
    await engine.prepare(lab.bake);
    proofs.push(
      ...(await proveLab(lab, { seed: values.seed, onProof: say, take: () => engine.take({ bake: lab.bake }) })),
    );
  }
}
if (values.json) process.stdout.write(`${JSON.stringify(proofs)}\n`);
process.exitCode = proofs.every((proof) => proof.ok) ? 0 : 1;
