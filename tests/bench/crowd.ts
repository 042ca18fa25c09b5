// A room on one host: all begin at the same moment; then most learners read, a few keep both CPUs busy, and everyone runs a command every ten seconds.
import { setTimeout as delay } from 'node:timers/promises';
import { ServerProcess } from '../fixtures/server-process.ts';
import { memoryMib, shareOf, tree } from './cost.ts';
import type { MemoryMib } from './cost.ts';
import { arrive, echo, LAB } from './measures.ts';

export type Crowd = {
  readonly machines: number;
  /** click to prompt of each, all at the same moment, without a pool */
  readonly toPrompt: number[];
  readonly echo: number[];
  /** per machine, all of them running */
  readonly memory: MemoryMib;
};

const RUSH_MS = 600_000;

/** One in ten of `machines` runs two busy loops. Echo is measured on idle machines in turn, for about a minute. */
export async function crowd(machines: number): Promise<Crowd> {
  await using server = await ServerProcess.start();
  // The template is there when a workshop begins.
  await (await arrive(server)).learner.close();
  await server.endMachines();
  const arrivals = await Promise.all(Array.from({ length: machines }, () => arrive(server, LAB, RUSH_MS)));
  const learners = arrivals.map(({ learner }) => learner);
  const busy = learners.slice(0, Math.ceil(machines / 10));
  for (const learner of busy) await learner.run('(while :; do :; done) & (while :; do :; done) & true');
  const quiet = learners.slice(busy.length);

  let over = false;
  const visitors = quiet.slice(1).map(async (learner, index) => {
    await delay((10_000 * index) / quiet.length);
    while (!over) {
      await learner.run('uptime', 120_000);
      await delay(10_000);
    }
  });
  const samples: number[] = [];
  const probe = quiet[0];
  if (probe !== undefined) while (samples.length < 600) samples.push(...(await echo(probe, 100)));
  const trees = await Promise.all((await server.supervisors()).map((pid) => tree(pid)));
  const memory = shareOf(await memoryMib(trees.flat()), trees.filter((members) => members.length > 1).length);
  over = true;
  await Promise.all(visitors);
  for (const learner of learners) await learner.close();
  return { machines, toPrompt: arrivals.map(({ ms }) => ms), echo: samples, memory };
}
