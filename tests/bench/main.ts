// `npm run bench`: every figure of the course's promises, measured on this host with real machines. `-- --json` for one object.
import { parseArgs } from 'node:util';
import { readConfig } from '../../site/server/config.ts';
import { openEngine } from '../../site/server/machines.ts';
import { ServerProcess } from '../fixtures/server-process.ts';
import { makeTemplates } from '../fixtures/templates.ts';
import type { MemoryMib } from './cost.ts';
import { crowd } from './crowd.ts';
import * as measure from './measures.ts';
import { coldBoot, keepMoments, restAndWake } from './machines.ts';
import { summarise, type Summary } from './statistics.ts';
import { xrayCost } from './xray.ts';

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    crowd: { type: 'string' },
  },
});
const say = (line: string): void => void (options.json ? process.stderr : process.stdout).write(`${line}\n`);

type Figures = Record<string, Summary | number | string | Record<string, number>>;
const figures: Figures = {};
const times = options.quick ? 5 : 20;

function add(name: string, samples: readonly number[]): void {
  const summary = summarise(samples);
  figures[name] = summary;
  say(
    `${name.padEnd(24)} median ${String(summary.median)}  p95 ${String(summary.p95)}  p99 ${String(summary.p99)}  ` +
      `spread ${String(summary.spread)}  (${String(summary.min)} to ${String(summary.max)}, n = ${String(summary.n)})`,
  );
}

function addMemory(prefix: string, { pss, own }: MemoryMib, machines: number): void {
  figures[`${prefix}pss_mib`] = Math.round(pss * 10) / 10;
  figures[`${prefix}own_mib`] = Math.round(own * 10) / 10;
  say(
    `${`${prefix}pss_mib`.padEnd(24)} ${pss.toFixed(1)} per machine of ${String(machines)}, ${own.toFixed(1)} of it shared with none: what one more takes`,
  );
}

say('making the templates that are missing');
await makeTemplates();
{
  await using server = await ServerProcess.start({ UNDERHOOD_WARM_MACHINES: '0' });
  const first = await measure.arrive(server);
  figures['accelerator'] = first.learner.view?.machine?.accelerator ?? 'unknown';
  await first.learner.close();
  await server.endMachines();
  add('clone_to_prompt_ms', await measure.clickToPrompt(server, times));

  const { learner } = await measure.arrive(server);
  add('echo_ms', await measure.echo(learner, options.quick ? 200 : 1000));
  add('verdict_ms', await measure.verdict(learner, times));
  add('throughput_mb_s', [await measure.throughput(learner, 16), await measure.throughput(learner, 16)]);
  add('ctrl_c_ms', await measure.interrupt(learner, options.quick ? 3 : 10));
  add('reset_unpooled_ms', await measure.reset(learner, options.quick ? 3 : 10));
  add('server_restart_gap_ms', [
    await measure.restartGap(server, learner, 'SIGTERM'),
    await measure.restartGap(server, learner, 'SIGKILL'),
  ]);
  await learner.close();
  await server.endMachines();

  const learners = [];
  for (let n = 0; n < 4; n++) learners.push((await measure.arrive(server)).learner);
  const cost = await measure.idle(server, options.quick ? 15 : 60);
  figures['idle_cpu_percent'] = Math.round(cost.cpuPercent * 100) / 100;
  addMemory('', cost.memory, cost.machines);
  say(
    `idle_cpu_percent         ${cost.cpuPercent.toFixed(2)} of one core per machine (${String(cost.machines)} machines)`,
  );
  for (const each of learners) await each.close();
}
{
  await using server = await ServerProcess.start({ UNDERHOOD_WARM_MACHINES: '2' });
  await server.warmed(2);
  add('pooled_to_prompt_ms', await measure.pooledToPrompt(server, options.quick ? 4 : times));
  // As the course is served: a machine waits for whoever comes next, also for one who resets.
  const { learner } = await measure.arrive(server);
  add('reset_ms', await measure.reset(learner, options.quick ? 3 : 10, () => server.warmed(2)));
  await learner.close();
}
{
  await using engine = await openEngine(readConfig(process.env), () => undefined);
  figures['qemu'] = engine.qemuVersion;
  add('cold_boot_ms', await coldBoot(engine, options.quick ? 1 : 3));
  const { hibernate, wake } = await restAndWake(engine, options.quick ? 3 : 8);
  add('hibernate_ms', hibernate);
  add('wake_ms', wake);
  const { stopped, mib } = await keepMoments(engine, options.quick ? 3 : 8);
  add('checkpoint_stopped_ms', stopped);
  add('checkpoint_mib', mib);
  const costs = Object.entries(await xrayCost(engine, options.quick ? 10 : 30));
  figures['xray_cost_percent'] = Object.fromEntries(costs.map(([view, { percent }]) => [view, percent]));
  figures['xray_busy_cost_percent'] = Object.fromEntries(costs.map(([view, { busyPercent }]) => [view, busyPercent]));
  figures['xray_top_percent'] = Object.fromEntries(costs.map(([view, { topPercent }]) => [view, topPercent]));
  figures['xray_first_ms'] = Object.fromEntries(costs.map(([view, { firstMs }]) => [view, firstMs]));
  for (const [view, cost] of costs)
    say(
      `xray_cost_percent        ${view.padEnd(14)} ${cost.percent.toFixed(1)} of a guest CPU at one look a second, ${cost.busyPercent.toFixed(1)} beside a start of a ` +
        `program every 3 s; top -d 1 ${cost.topPercent.toFixed(1)} (shown ${cost.shownPercent.toFixed(1)}, every ${String(cost.periodMs)} ms; first look ${String(cost.firstMs)} ms, ${String(cost.firstCpuMs)} ms of CPU)`,
    );
}
if (options.crowd !== undefined) {
  const result = await crowd(Number(options.crowd));
  add('crowd_to_prompt_ms', result.toPrompt);
  add('crowd_echo_ms', result.echo);
  figures['crowd_machines'] = result.machines;
  addMemory('crowd_', result.memory, result.machines);
}
if (options.json) process.stdout.write(`${JSON.stringify(figures)}\n`);
