// What looking costs the guest: CPU time of the agent and all that works for it, per view of the X-ray, at one look a second.
import { setTimeout as delay } from 'node:timers/promises';
import { XRAY_VIEWS, type XrayView } from '../../sandbox/protocol/xray.ts';
import type { MachineSource } from '../../sandbox/source/source.ts';
import { XrayWatch } from '../fixtures/xray-watch.ts';

/** CPU time of the service with all its processes, also those that ended (cgroup-v2.rst, cpu.stat: usage_usec). */
const STAT = '/sys/fs/cgroup/underhood.slice/underhood-agent.service/cpu.stat';

async function spentMs(watch: XrayWatch): Promise<number> {
  const { contents } = await watch.link.getFile(STAT, 4096);
  return Number(/^usage_usec (\d+)$/m.exec(contents.toString())?.[1]) / 1000;
}

export type XrayCost = {
  /** of one guest CPU, at one look a second; on a host that does other things as well the guest counts those in */
  readonly percent: number;
  /** as the page shows it */
  readonly shownPercent: number;
  /** between looks; more than 1000 where the observer slowed itself down */
  readonly periodMs: number;
  /** from asking for the view to the first state, and the CPU time that went into it */
  readonly firstMs: number;
  readonly firstCpuMs: number;
};

/** Each view on a fresh machine of its own, so that none finds what another warmed up. `seconds` of watching each. */
export async function xrayCost(source: MachineSource, seconds: number): Promise<Record<XrayView, XrayCost>> {
  const costs = {} as Record<XrayView, XrayCost>;
  for (const view of XRAY_VIEWS) {
    await using machine = await source.take({ bake: undefined });
    await using watch = await XrayWatch.open(machine);
    let before = await spentMs(watch);
    const asked = performance.now();
    await watch.watch(view);
    await watch.until(view, () => true);
    const firstMs = performance.now() - asked;
    const firstCpuMs = (await spentMs(watch)) - before;
    // the second look still opens and compiles
    while ((watch.last(view)?.sample ?? 0) < 3) await delay(100);
    const from = watch.last(view)?.sample ?? 0;
    before = await spentMs(watch);
    await delay(seconds * 1000);
    const last = watch.last(view);
    const cpuMs = (await spentMs(watch)) - before;
    const looks = Math.max(1, (last?.sample ?? 0) - from);
    costs[view] = {
      percent: Math.round(cpuMs / looks) / 10,
      shownPercent: last?.costPercent ?? NaN,
      periodMs: last?.periodMs ?? NaN,
      firstMs: Math.round(firstMs),
      firstCpuMs: Math.round(firstCpuMs),
    };
  }
  return costs;
}
