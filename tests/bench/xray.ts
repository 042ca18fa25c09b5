// What looking costs the guest: CPU time of the agent and all that works for it, per view of the X-ray, at one look a second.
import { setTimeout as delay } from 'node:timers/promises';
import { XRAY_VIEWS, type XrayView } from '../../sandbox/protocol/xray.ts';
import type { MachineSource } from '../../sandbox/source/source.ts';
import { XrayWatch } from '../fixtures/xray-watch.ts';

const AGENT = 'underhood.slice/underhood-agent.service';
const unit = (name: string): string => `system.slice/${name}.service`;

/** CPU time of a cgroup's processes, also of those that ended (cgroup-v2.rst, cpu.stat: usage_usec). */
async function spentMs(watch: XrayWatch, group: string): Promise<number> {
  const { contents } = await watch.link.getFile(`/sys/fs/cgroup/${group}/cpu.stat`, 4096);
  return Number(/^usage_usec (\d+)$/m.exec(contents.toString())?.[1]) / 1000;
}

export type XrayCost = {
  /** of one guest CPU, watched at one look a second, while nothing happens in the machine; on a host that does other things as well the guest counts those in */
  readonly percent: number;
  /** the same while a program is started every three seconds */
  readonly busyPercent: number;
  /** what `top -d 1` takes in the same machine a moment later: how dear CPU time was just then */
  readonly topPercent: number;
  /** as the page shows it, while nothing happens */
  readonly shownPercent: number;
  /** between looks; more than 1000 where the observer slowed itself down */
  readonly periodMs: number;
  /** from asking for the view to the first state, and the CPU time that went into it */
  readonly firstMs: number;
  readonly firstCpuMs: number;
};

/** Percent of a CPU that a group takes. */
async function share(watch: XrayWatch, group: string, seconds: number): Promise<number> {
  const before = await spentMs(watch, group);
  await delay(seconds * 1000);
  return Math.round(((await spentMs(watch, group)) - before) / seconds) / 10;
}

/** Each view on a fresh machine of its own, so that none finds what another warmed up. `seconds` of watching each, three times. */
export async function xrayCost(source: MachineSource, seconds: number): Promise<Record<XrayView, XrayCost>> {
  const costs = {} as Record<XrayView, XrayCost>;
  for (const view of XRAY_VIEWS) {
    await using machine = await source.take({ bake: undefined });
    await using watch = await XrayWatch.open(machine);
    const before = await spentMs(watch, AGENT);
    const asked = performance.now();
    await watch.watch(view);
    await watch.until(view, () => true);
    const firstMs = performance.now() - asked;
    const firstCpuMs = (await spentMs(watch, AGENT)) - before;
    // the second look still opens and compiles; a view that shows what changes all the time never rests
    await Promise.race([watch.rests(view), watch.until(view, (_state, { sample }) => sample >= 10)]);
    const percent = await share(watch, AGENT, seconds);
    const { costPercent: shownPercent = NaN, periodMs = NaN } = watch.last(view) ?? {};
    await watch.run("systemd-run --quiet --unit=busy bash -c 'while sleep 3; do :; done'");
    await delay(3000);
    const busyPercent = await share(watch, AGENT, seconds);
    await watch.run('systemctl stop busy');
    await watch.unwatch(view);
    await watch.run('systemd-run --quiet --unit=top top -b -d 1');
    await delay(3000);
    const topPercent = await share(watch, unit('top'), seconds);
    costs[view] = {
      percent,
      busyPercent,
      topPercent,
      shownPercent,
      periodMs,
      firstMs: Math.round(firstMs),
      firstCpuMs: Math.round(firstCpuMs),
    };
  }
  return costs;
}
