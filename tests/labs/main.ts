// `npm run prove -- [lab …] [--seed s] [--parallel n] [--full] [--json]`: proves labs on real machines, non-zero when one falls short.
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadCatalog } from '../../labs/catalog.ts';
import type { Lab } from '../../labs/lab.ts';
import { LabFormatError } from '../../labs/problem.ts';
import { endAllBelow } from '../../sandbox/qemu/sweep.ts';
import { readConfig } from '../../site/server/config.ts';
import { openEngine } from '../../site/server/machines.ts';
import { proveLab } from './prove.ts';
import type { Proof } from './prove.ts';
import { places } from './slots.ts';
import { durations, formatProof, formatTable, secondTries, shortfalls, type Round } from './table.ts';

/** What `--full` proves with: several variants, each twice to see whether a proof agrees with itself. */
const FULL = { seeds: ['proof', 'proof-2', 'proof-3'], repeats: 2 } as const;

/** A mistake of whoever typed the command. */
class UsageError extends Error {}

const print = (text: string): void => void process.stderr.write(`${text}\n`);

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      seed: { type: 'string', multiple: true, default: ['proof'] },
      task: { type: 'string', multiple: true },
      repeat: { type: 'string', default: '1' },
      parallel: { type: 'string' },
      full: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const machines = values.parallel === undefined ? undefined : Number(values.parallel);
  if (machines !== undefined && !(Number.isInteger(machines) && machines > 0)) {
    throw new UsageError(`--parallel wants a number of machines, not "${values.parallel}"`);
  }
  const seeds = values.full ? FULL.seeds : values.seed;
  const repeats = values.full ? FULL.repeats : Number(values.repeat);
  const config = readConfig(process.env);
  const catalog = await loadCatalog(config.labsDir);
  const unknown = positionals.filter((id) => !catalog.labs.some((lab) => lab.id === id));
  if (unknown.length > 0) {
    throw new UsageError(
      `there is no lab ${unknown.join(', ')}; there are: ${catalog.labs.map((lab) => lab.id).join(', ')}`,
    );
  }
  const labs = catalog.labs
    .filter((lab) => positionals.length === 0 || positionals.includes(lab.id))
    .map((lab) => (values.task === undefined ? lab : onlyTasks(lab, values.task)));
  const shared = places(machines);
  const proofs: Proof[] = [];
  const rounds: Round[] = [];
  // Machines in a folder of their own: a course that starts on this host meanwhile ends all that it does not know.
  const dataDir = await mkdtemp(join(config.dataDir, 'prove-'));
  const engine = await openEngine({ ...config, dataDir }, (sentence, about) =>
    print(`${sentence} ${JSON.stringify(about)}`),
  );
  const endAll = async (): Promise<void> => {
    await engine.close();
    // Those that are still in a step as well; no new engine, since Ctrl-C has ended its helpers too.
    await endAllBelow(dataDir, 'end');
    await rm(dataDir, { recursive: true, force: true });
  };
  let ending: Promise<void> | undefined;
  const end = (): Promise<void> => (ending ??= endAll());
  // A proof that is broken off must not leave busy machines behind.
  const breakOff = (): void => void end().finally(() => process.exit(1));
  // A Ctrl-C may come twice, passed on by npm as well; and whoever reads along may leave.
  process.on('SIGINT', breakOff).on('SIGTERM', breakOff).on('SIGHUP', breakOff);
  for (const stream of [process.stdout, process.stderr]) stream.on('error', breakOff);
  const prove = async (lab: Lab): Promise<void> => {
    await shared.busy.with(() => engine.prepare(lab.bake));
    const take = (): ReturnType<typeof engine.take> => engine.take({ bake: lab.bake });
    // One after the other: a repetition is to meet the same host, not its own twin.
    for (let round = 0; round < repeats; round += 1) {
      for (const seed of seeds) {
        const began = performance.now();
        proofs.push(
          ...(await proveLab(lab, {
            seed,
            take,
            places: shared,
            again: repeats === 1,
            onProof: (proof) => print(formatProof(proof)),
          })),
        );
        rounds.push({ lab: lab.id, wallMs: performance.now() - began });
      }
    }
  };
  try {
    await Promise.all(labs.map(prove));
  } finally {
    await end();
  }
  const short = shortfalls(labs, proofs);
  print(`\n${formatTable(labs, proofs)}\n`);
  for (const sentence of durations(labs, rounds)) print(sentence);
  for (const sentence of secondTries(proofs)) print(`! ${sentence}`);
  for (const sentence of short) print(`✗ ${sentence}`);
  print(short.length === 0 ? '✓ every lab proves itself' : `\n${short.length} shortfall(s)`);
  if (values.json) process.stdout.write(`${JSON.stringify({ proofs, shortfalls: short })}\n`);
  return short.length === 0 ? 0 : 1;
}

/** For while a task is being written: these and what they need. */
function onlyTasks(lab: Lab, ids: readonly string[]): Lab {
  const wanted = new Set(ids);
  for (const task of lab.tasks.toReversed()) if (wanted.has(task.id)) for (const id of task.needs) wanted.add(id);
  const unknown = ids.filter((id) => !lab.tasks.some((task) => task.id === id));
  if (unknown.length > 0) throw new UsageError(`${lab.id} has no task ${unknown.join(', ')}`);
  return { ...lab, tasks: lab.tasks.filter((task) => wanted.has(task.id)) };
}

try {
  process.exitCode = await main();
} catch (error) {
  process.exitCode = 1;
  print(
    `✗ ${error instanceof LabFormatError || error instanceof UsageError ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
  );
}
