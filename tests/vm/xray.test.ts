// The X-ray on a real machine: what happens in its kernel is seen, drawn and told, whatever the learner does to it.
import { renderToStaticMarkup } from 'preact-render-to-string';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Machine } from '../../sandbox/machine/machine.ts';
import type { ProcessTree } from '../../sandbox/protocol/xray/process-tree.ts';
import { MAX_XRAY_BYTES, XRAY_VIEWS, type XrayView } from '../../sandbox/protocol/xray.ts';
import type { Engine } from '../../sandbox/source/engine.ts';
import { layoutNetwork } from '../../site/client/xray/network-layout.ts';
import type { Look } from '../../site/client/xray/look.ts';
import { en } from '../../site/client/xray/text/en.ts';
import { viewOf } from '../../site/client/xray/views.ts';
import { workplace, type Workplace } from '../fixtures/engines.ts';
import { XrayWatch } from '../fixtures/xray-watch.ts';

const BAKE_MS = 600_000;
/** A program that outlives the call that started it belongs to the learner then, not to the course. */
const loose = (command: string): string => `setsid ${command} >/dev/null 2>&1 </dev/null &`;

let place: Workplace;
let engine: Engine;
let machine: Machine;
let watch: XrayWatch;

beforeAll(async () => {
  place = await workplace();
  engine = await place.open();
  await engine.prepare(undefined);
  machine = await engine.take({ bake: undefined });
  machine.watch({
    onState: (state, reason) => {
      if (reason !== undefined) console.error(`the machine is ${state}: ${reason}`);
    },
  });
  watch = await XrayWatch.open(machine);
}, BAKE_MS);
afterAll(async () => {
  await watch[Symbol.asyncDispose]();
  await machine.close();
  await engine.close();
  await place[Symbol.asyncDispose]();
});
afterEach(async () => {
  for (const view of XRAY_VIEWS) await watch.unwatch(view);
});

/** The picture as a page would draw it now. */
function picture(view: XrayView): string {
  const look = {
    past: watch.past(view),
    width: 900,
    height: 500,
    text: en,
    lit: new Set<string>(),
    places: layoutNetwork,
  } as Look<XrayView>;
  return renderToStaticMarkup(viewOf(view).draw(look));
}

const count = (html: string, part: string | RegExp): number => html.split(part).length - 1;

describe('the X-ray of a real machine', { timeout: 300_000 }, () => {
  it('leaves a machine alone in which nothing happens, and sees at once when something does', async () => {
    await watch.run('systemd-run --quiet --unit=rests sleep 1000');
    await watch.watch('process-tree');
    const of = (state: ProcessTree): ProcessTree['processes'][number] | undefined =>
      state.processes.find(({ command }) => command.endsWith('sleep 1000'));
    const { state } = await watch.until('process-tree', (tree) => of(tree) !== undefined);
    const pid = of(state)?.pid ?? 0;
    // it is looked at until it is old, and not after that
    await watch.rests('process-tree');
    await watch.run(`kill -STOP ${pid}`);
    await watch.until('process-tree', (tree) => of(tree)?.state === 'T');
    await watch.rests('process-tree');
    await watch.run(`mkdir /sys/fs/cgroup/apart && echo ${pid} >/sys/fs/cgroup/apart/cgroup.procs`);
    await watch.until('process-tree', (tree) => tree.cgroups[of(tree)?.cgroup ?? -1] === '/apart');
    await watch.rests('process-tree');
    await watch.run(`kill -KILL ${pid}`);
    await watch.until('process-tree', (tree) => of(tree) === undefined);
  });

  it('shows three busy loops as three runnable beads', async () => {
    await watch.run('cp /usr/bin/dash /tmp/busy');
    await watch.watch('run-queue');
    await watch.run([1, 2, 3].map(() => loose("/tmp/busy -c 'while :; do :; done'")).join(' '));
    const busy = await watch.until(
      'run-queue',
      ({ tasks }) => tasks.filter(({ comm, state, ours }) => comm === 'busy' && state === 'R' && !ours).length === 3,
    );
    expect(busy.state.runnable).toBeGreaterThanOrEqual(3);
    expect(count(picture('run-queue'), /aria-label="busy [^"]*"/)).toBe(3);
    await watch.run('pkill busy');
    await watch.until('run-queue', ({ tasks }) => tasks.every(({ comm }) => comm !== 'busy'));
  });

  it('shows a zombie, and its parent', async () => {
    await watch.watch('process-tree');
    const parent = Number(await watch.run(`${loose("perl -e 'exit unless fork; sleep 1000'")} echo $!`));
    const { state } = await watch.until('process-tree', ({ processes }) =>
      processes.some(({ state: letter, ppid }) => letter === 'Z' && ppid === parent),
    );
    expect(state.processes.find(({ pid }) => pid === parent)).toMatchObject({ comm: 'perl', ours: false });
    expect(picture('process-tree')).toContain('data-state="Z"');
    await watch.run(`kill ${parent}`);
    await watch.until('process-tree', ({ processes }) => processes.every(({ state: letter }) => letter !== 'Z'));
  });

  it('parts the groups when a process leaves namespaces', async () => {
    await watch.watch('namespaces');
    await watch.run(loose('unshare --uts --net --pid --fork sleep 1001'));
    const { state } = await watch.until('namespaces', ({ processes }) =>
      processes.some(({ comm, innerPid }) => comm === 'sleep' && innerPid === 1),
    );
    const sleep = state.processes.find(({ comm, innerPid }) => comm === 'sleep' && innerPid === 1);
    const own = state.spaces[sleep?.space ?? -1];
    const apart = Object.entries(state.initial).filter(([kind, inode]) => own?.[kind as keyof typeof own] !== inode);
    expect(apart.map(([kind]) => kind).toSorted()).toEqual(['net', 'pid', 'uts']);
    expect(count(picture('namespaces'), /data-kind="uts" data-initial="false"/)).toBeGreaterThan(0);
    await watch.run('pkill -x sleep');
  });

  it('sees a copy-up, a whiteout and a new file as they happen, and which layer a path comes from', async () => {
    await watch.run(`mkdir -p /srv/o/{lower,upper,work,merged} && cd /srv/o && echo 1 >lower/kept && echo 2 >lower/gone &&
      mount -t overlay overlay -o lowerdir=lower,upperdir=upper,workdir=work merged`);
    await watch.watch('overlay', ['/srv/o/merged/kept']);
    const before = await watch.until('overlay', ({ mounts }) => mounts.length > 0);
    const layer = (message: typeof before): string | undefined =>
      message.state.layers[message.state.lookups[0]?.from ?? -1]?.path;
    expect(layer(before)).toBe('/srv/o/lower');
    await watch.run('cd /srv/o/merged && echo more >>kept && rm gone && echo 3 >fresh');
    const after = await watch.until('overlay', ({ entries }) => entries.length === 3);
    expect(after.state.entries.map(({ path, kind, seenHappen }) => [path, kind, seenHappen]).toSorted()).toEqual([
      ['/fresh', 'new', true],
      ['/gone', 'whiteout', true],
      ['/kept', 'copy-up', true],
    ]);
    expect(layer(after)).toBe('/srv/o/upper');
    expect(picture('overlay')).toMatch(/data-copied/);
    await watch.run('umount /srv/o/merged');
  });

  it('sees a group throttled at its cpu.max', async () => {
    await watch.run(
      `cd /sys/fs/cgroup && echo +cpu >cgroup.subtree_control && mkdir slow && echo '10000 100000' >slow/cpu.max`,
    );
    await watch.watch('cgroups');
    await watch.run(
      loose(`bash -c 'echo $$ >/sys/fs/cgroup/slow/cgroup.procs; exec /tmp/busy -c "while :; do :; done"'`),
    );
    const throttled = (least: number) =>
      watch.until('cgroups', ({ groups }) =>
        groups.some(
          ({ path, cpu, members }) =>
            path === '/slow' && (cpu?.throttledPeriods ?? 0) >= least && members.some(({ comm }) => comm === 'busy'),
        ),
      );
    const first = await throttled(1);
    expect(first.state.groups.find(({ path }) => path === '/slow')).toMatchObject({
      cpu: { quotaUs: 10_000, periodUs: 100_000 },
    });
    await throttled((first.state.groups.find(({ path }) => path === '/slow')?.cpu?.throttledPeriods ?? 0) + 5);
    expect(picture('cgroups')).toMatch(/data-event="light"/);
    await watch.run('pkill busy');
  });

  it('sees a new limit of a group within a few looks, also of one made again under the same name', async () => {
    const limit = (quotaUs: number) =>
      watch.until('cgroups', ({ groups }) =>
        groups.some(({ path, cpu }) => path === '/slow' && cpu?.quotaUs === quotaUs),
      );
    await watch.watch('cgroups');
    const { sample } = await limit(10_000);
    await watch.run(`echo '20000 100000' >/sys/fs/cgroup/slow/cpu.max`);
    const changed = await limit(20_000);
    await watch.run(
      `cd /sys/fs/cgroup && until rmdir slow; do sleep 0.1; done && mkdir slow && echo '30000 100000' >slow/cpu.max`,
    );
    const again = await limit(30_000);
    // What nobody hears of is read again after some thirty looks.
    expect([changed.sample - sample < 10, again.sample - changed.sample < 10]).toEqual([true, true]);
  });

  it('follows podman to the container, the way of a packet to it, and sees where that way is cut', async () => {
    await watch.watch('runtime-chain');
    await watch.until('runtime-chain', () => true);
    await watch.watch('network-path');
    await watch.until('network-path', () => true);
    await watch.run(loose("sh -c 'podman run -d --name shop -p 8080:80 web'"));
    // the container's process is there before podman has written down that it runs
    const chain = await watch.until('runtime-chain', ({ processes, containers }) =>
      processes.some(
        ({ role, endedMs, container }) =>
          role === 'container' &&
          endedMs === null &&
          containers.some(({ id, state }) => id === container && state === 'running'),
      ),
    );
    const id = chain.state.processes.find(({ role }) => role === 'container')?.container;
    expect(chain.state.containers.find((one) => one.id === id)).toMatchObject({ name: 'shop' });
    const roles = new Map(chain.state.processes.filter((one) => one.container === id).map((one) => [one.role, one]));
    expect([...roles.keys()]).toEqual(expect.arrayContaining(['monitor', 'container']));
    expect(chain.state.processes.map(({ comm }) => comm)).toContain('podman');
    expect(roles.get('container')?.ppid).toBe(roles.get('monitor')?.pid);
    expect(roles.get('runtime')?.comm).toBe('crun');

    const whole = await watch.until(
      'network-path',
      ({ ports, problems }) => ports.some(({ rule }) => rule !== null) && problems.length === 0,
    );
    const { namespaces, ports, rules } = whole.state;
    const host = namespaces.find(({ role }) => role === 'host');
    const inside = namespaces.find(({ container }) => container === id);
    const nic = inside?.interfaces.find(({ kind }) => kind === 'veth');
    const cable = host?.interfaces.find(({ index }) => index === nic?.peer?.index);
    const bridge = host?.interfaces.find(({ index }) => index === cable?.master);
    expect(nic?.peer?.namespace).toBe(host?.inode);
    expect(bridge).toMatchObject({ kind: 'bridge', up: true });
    expect(rules[ports[0]?.rule ?? -1]).toMatchObject({ kind: 'dnat', to: `${ports[0]?.containerAddress ?? ''}:80` });
    expect(picture('network-path')).not.toContain('data-status="broken"');

    await watch.run('ip netns exec outside curl -s -o /dev/null http://203.0.113.10:8080/');
    await watch.until('network-path', (state) =>
      state.rules.some(({ kind, packets }) => kind === 'dnat' && (packets ?? 0) > 0),
    );
    expect(picture('network-path')).toContain('data-status="lit"');

    await watch.run('iptables -t nat -S | grep -e "-j DNAT" | sed "s/^-A/-D/" | xargs -L1 iptables -t nat');
    await watch.until('network-path', ({ problems }) => problems.some(({ code }) => code === 'no-dnat'));
    expect(picture('network-path')).toMatch(/data-broken="true"/);
    expect(picture('network-path')).toContain(en.network.problem['no-dnat']);

    await watch.run('podman rm -f -t 0 shop');
    await watch.until('network-path', (state) => state.ports.length === 0);
  });

  it('stays within its limits among hundreds of interfaces, and says that it was cut', async () => {
    await watch.run(
      `ip netns add crowd && for i in $(seq 400); do echo "link add x$i type dummy"; done | ip -n crowd -batch -`,
    );
    await watch.watch('network-path');
    const { state, truncated } = await watch.until('network-path', (_, message) =>
      message.truncated.some(({ list, total }) => list === 'interfaces' && total > 400),
    );
    const cut = truncated.find(({ list }) => list === 'interfaces');
    expect(cut?.shown).toBe(state.namespaces.reduce((sum, { interfaces }) => sum + interfaces.length, 0));
    await watch.run('ip netns delete crowd');
  });

  it('stays within its limits among thousands of processes, and says that it was cut', async () => {
    await watch.run(
      loose(
        `perl -e '$0 = "parent " . "x" x 300; for (1..2000) { next if fork; $0 = "child " . "y" x 300; sleep 1000; exit } sleep 1000'`,
      ),
    );
    for (const view of ['process-tree', 'namespaces', 'run-queue'] as const) {
      await watch.watch(view);
      await watch.until(
        view,
        view === 'run-queue' ? () => true : (_, { truncated }) => (truncated[0]?.total ?? 0) > 1500,
      );
      await watch.unwatch(view);
    }
    await watch.run(`pkill -9 -f '[p]arent xxx|[c]hild yyy'`);
    expect(Math.max(...watch.messages.map(({ bytes }) => bytes))).toBeLessThan(MAX_XRAY_BYTES + 1024);
    expect(watch.messages.filter(({ message }) => message.kind === 'unavailable')).toEqual([]);
  });

  it('leaves nothing running when nobody watches', async () => {
    const helpers = 'pgrep -f "[u]nderhood-observer|[i]p monitor|[n]ft monitor|[c]onntrack -E" || true';
    await watch.watch('network-path');
    await watch.until('network-path', () => true);
    expect(await watch.run(helpers)).not.toBe('');
    await watch.unwatch('network-path');
    await expect.poll(() => watch.run(helpers), { timeout: 30_000 }).toBe('');
  });
});
