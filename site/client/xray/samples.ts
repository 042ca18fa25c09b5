// A typical moment of each view, for the still pictures in lessons (what a reader without scripts sees) and for the tests of the drawings.
// Shaped like what the observer sends of a real guest; the numbers of the load follow the kernel's own damping.
import { LOAD_DECAY, LOAD_SAMPLE_MS } from '../../../sandbox/protocol/xray/run-queue.ts';
import type { XrayState, XrayView } from '../../../sandbox/protocol/xray.ts';
import type { Moment } from './history.ts';

type Samples = { readonly [V in XrayView]: readonly Moment<XrayState<V>>[] };
type Space = XrayState<'namespaces'>['initial'];

const END = 1_800_000_000_000;
const WEB = '1f'.repeat(32);
const DATA = '2e'.repeat(32);
const second = (ago: number): number => END - ago * 1000;
const initial: Space = {
  cgroup: 4026531835,
  ipc: 4026531839,
  mnt: 4026531841,
  net: 4026531840,
  pid: 4026531836,
  time: 4026531834,
  user: 4026531837,
  uts: 4026531838,
};
const own = (last: number): Space => ({
  ...initial,
  cgroup: 4026532400 + last,
  ipc: 4026532410 + last,
  mnt: 4026532420 + last,
  net: 4026532430 + last,
  pid: 4026532440 + last,
  uts: 4026532450 + last,
});
const containers = [
  { id: WEB, name: 'web', image: 'localhost/web:latest', state: 'running', pid: 1412, rootless: false },
  { id: DATA, name: 'data', image: 'localhost/base:latest', state: 'running', pid: 1538, rootless: false },
];

function runQueue(): Samples['run-queue'] {
  const loads: [number, number, number] = [0, 0, 0];
  const cpuTime = { userMs: 1, niceMs: 0, systemMs: 1, idleMs: 1, iowaitMs: 0, irqMs: 0, softirqMs: 0, stealMs: 0 };
  const stall = (avg10: number) => ({ avg10, avg60: avg10 / 2, avg300: avg10 / 5, totalUs: 1 });
  const task = (id: number, state: 'R' | 'D', cpu: number, comm = 'yes') => ({
    id,
    process: id,
    comm,
    state,
    cpu,
    nice: 0,
    ranMs: state === 'R' ? 660 : 0,
    waitedMs: state === 'R' ? 340 : 0,
    ours: false,
  });
  return Array.from({ length: 241 }, (_, index) => {
    const busy = index >= 60;
    const stuck = index >= 180;
    const [runnable, uninterruptible] = [busy ? 3 : 0, stuck ? 1 : 0];
    if (index % 5 === 0)
      LOAD_DECAY.forEach((keep, at) => {
        loads[at] = (loads[at] ?? 0) * keep + (runnable + uninterruptible) * (1 - keep);
      });
    return {
      at: second(240 - index),
      state: {
        uptimeMs: 600_000 + index * 1000,
        cpus: [
          { id: 0, running: busy ? 1201 : null, time: cpuTime },
          { id: 1, running: busy ? 1202 : null, time: cpuTime },
        ],
        tasks: [
          ...(busy ? [task(1201, 'R', 0), task(1202, 'R', 1), task(1203, 'R', 0)] : []),
          ...(stuck ? [task(1240, 'D', 1, 'dd')] : []),
        ],
        runnable,
        uninterruptible,
        loadAverages: [...loads],
        loadSampleAgeMs: Math.min(LOAD_SAMPLE_MS, (index % 5) * 1000 + 200),
        pressure: {
          cpu: { some: stall(busy ? 48 : 0), full: null },
          io: { some: stall(stuck ? 21 : 0), full: stall(stuck ? 6 : 0) },
          memory: { some: stall(0), full: stall(0) },
        },
      },
    };
  });
}

function vmstat(): Samples['vmstat'] {
  return Array.from({ length: 100 }, (_, index) => {
    const busy = index > 40;
    const wave = Math.sin(index / 3) + 1;
    return {
      at: second(99 - index),
      state: {
        procs: { runnable: busy ? 3 : 0, blocked: index > 70 ? 1 : 0 },
        memory: {
          totalKib: 1_000_000,
          swapUsedKib: 0,
          freeKib: 640_000 - index * 500,
          bufferKib: 9_000,
          cacheKib: 210_000 + index * 400,
          availableKib: 800_000,
          activeKib: 90_000,
          inactiveKib: 120_000,
          dirtyKib: 60,
        },
        rates: {
          swapInKib: 0,
          swapOutKib: 0,
          blocksInKib: index > 70 ? 2000 * wave : 20,
          blocksOutKib: index > 70 ? 900 * wave : 40,
          interrupts: 300 + 120 * wave,
          contextSwitches: 240 + 200 * wave,
          forks: 1,
          pageFaults: 90,
          majorFaults: 0,
          cpuPercent: busy
            ? { user: 82, system: 12, idle: 0, iowait: 6, steal: 0 }
            : { user: 2, system: 2, idle: 96, iowait: 0, steal: 0 },
        },
      },
    };
  });
}

function processTree(): Samples['process-tree'] {
  type Process = XrayState<'process-tree'>['processes'][number];
  const process = (pid: number, ppid: number, comm: string, more: Partial<Process> = {}): Process => ({
    pid,
    ppid,
    comm,
    command: comm,
    state: 'S',
    threads: 1,
    uid: 0,
    startedMs: 5_000,
    cpuMs: 120,
    residentKib: 5_400,
    space: 0,
    cgroup: 0,
    container: null,
    ours: false,
    ...more,
  });
  const learner = { uid: 1000, cgroup: 1 };
  return [
    {
      at: END,
      state: {
        uptimeMs: 640_000,
        processes: [
          process(1, 0, 'systemd', { command: '/sbin/init', residentKib: 12_800 }),
          process(210, 1, 'systemd-journal', { command: '/usr/lib/systemd/systemd-journald' }),
          process(248, 1, 'dbus-daemon', { command: '/usr/bin/dbus-daemon --system' }),
          process(301, 1, 'underhood-agent', { threads: 11, ours: true }),
          process(820, 301, 'bash', { ...learner, command: '-bash' }),
          process(1201, 820, 'yes', { ...learner, state: 'R', cpuMs: 81_000, startedMs: 560_000 }),
          process(1202, 820, 'yes', { ...learner, state: 'R', cpuMs: 80_500, startedMs: 560_000 }),
          process(1240, 820, 'dd', { ...learner, state: 'D', command: 'dd if=/dev/vda of=/dev/null' }),
          process(1250, 820, 'vi', { ...learner, state: 'T', command: 'vi notes' }),
          process(1260, 820, 'parent', { ...learner, command: 'parent', startedMs: 600_000 }),
          process(1261, 1260, 'child', { ...learner, state: 'Z', command: '', space: null, cgroup: null }),
          process(1262, 1260, 'child', { ...learner, state: 'Z', command: '', space: null, cgroup: null }),
          process(1300, 820, 'sleep', { ...learner, command: 'sleep 600', startedMs: 638_500 }),
          process(1409, 1, 'conmon', { command: '/usr/bin/conmon --api-version 1 -c 1f1f' }),
          process(1412, 1409, 'httpd', { command: 'httpd -f -p 80', space: 1, cgroup: 2, container: WEB, threads: 2 }),
        ],
        passed: [{ pid: 1299, ppid: 820, comm: 'ls', seenMs: 12 }],
        spaces: [initial, own(1)],
        cgroups: ['/', '/user.slice', '/machine.slice/libpod-web.scope'],
        terminals: [{ terminal: 1, shell: 820, foreground: 1300 }],
        containers,
      },
    },
  ];
}

function namespaces(): Samples['namespaces'] {
  type Process = XrayState<'namespaces'>['processes'][number];
  const process = (pid: number, comm: string, space: number, more: Partial<Process> = {}): Process => ({
    pid,
    ppid: 1,
    comm,
    space,
    innerPid: pid,
    uid: 0,
    container: null,
    ours: false,
    ...more,
  });
  const unshared = { ...initial, uts: 4026532390, mnt: 4026532391 };
  return [
    {
      at: END,
      state: {
        initial,
        spaces: [initial, unshared, own(1), own(2)],
        processes: [
          process(1, 'systemd', 0),
          process(210, 'systemd-journal', 0),
          process(820, 'bash', 0, { uid: 1000 }),
          process(1100, 'bash', 1),
          process(1412, 'httpd', 2, { innerPid: 1, container: WEB }),
          process(1420, 'sh', 2, { innerPid: 9, container: WEB }),
          process(1538, 'sleep', 3, { innerPid: 1, container: DATA }),
        ],
        namespaces: [
          { kind: 'uts', inode: 4026532390, members: 1, leader: 1100, uidMap: [], name: 'apart' },
          { kind: 'net', inode: 4026532431, members: 2, leader: 1412, uidMap: [], name: null },
        ],
        terminals: [{ terminal: 1, shell: 820, foreground: 1100 }],
        containers,
      },
    },
  ];
}

function cgroups(): Samples['cgroups'] {
  type Cgroup = XrayState<'cgroups'>['groups'][number];
  const mib = 1024 * 1024;
  const moment = (index: number): Moment<XrayState<'cgroups'>> => {
    const cpu = (share: number, quotaUs: number | null = null, throttled = 0) => ({
      quotaUs,
      periodUs: 100_000,
      weight: 100,
      usageUs: Math.round(share * index * 1_000_000),
      periods: index * 10,
      throttledPeriods: throttled * index,
      throttledUs: throttled * index * 40_000,
    });
    const memory = (current: number, max: number | null = null, oomKills = 0) => ({
      maxBytes: max === null ? null : max * mib,
      highBytes: null,
      currentBytes: Math.round(current * mib),
      peakBytes: null,
      swapBytes: 0,
      high: 0,
      max: 0,
      oom: oomKills,
      oomKills,
    });
    const groupAt = (path: string, more: Partial<Cgroup>): Cgroup => ({
      path,
      controllers: ['cpu', 'memory', 'pids'],
      processes: 1,
      members: [],
      frozen: false,
      cpu: null,
      memory: null,
      pids: null,
      container: null,
      readAtMs: second(30 - index),
      ours: false,
      ...more,
    });
    const pids = (current: number, max: number | null = null) => ({ max, current, refused: 0 });
    return {
      at: second(30 - index),
      state: {
        cpus: 2,
        memoryBytes: 1024 * mib,
        groups: [
          groupAt('/', { processes: 42, cpu: cpu(0.7), memory: memory(310), pids: pids(61) }),
          groupAt('/lab', {
            cpu: cpu(0.2, 20_000, 9),
            memory: memory(58, 64, index > 20 ? 1 : 0),
            pids: pids(3, 10),
            processes: 3,
            members: [{ pid: 1501, comm: 'yes' }],
          }),
          groupAt('/machine.slice', { cpu: cpu(0.4), memory: memory(44), pids: pids(6), processes: 4 }),
          groupAt('/machine.slice/libpod-web.scope', {
            cpu: cpu(0.38, 50_000),
            memory: memory(22, 128),
            pids: pids(3, 2048),
            processes: 3,
            members: [{ pid: 1412, comm: 'httpd' }],
            container: WEB,
          }),
          groupAt('/user.slice', {
            cpu: cpu(0.02),
            memory: memory(18),
            pids: pids(4),
            processes: 4,
            members: [{ pid: 820, comm: 'bash' }],
          }),
        ],
        containers,
      },
    };
  };
  return Array.from({ length: 31 }, (_, index) => moment(index));
}

function runtimeChain(): Samples['runtime-chain'] {
  type Process = XrayState<'runtime-chain'>['processes'][number];
  const process = (
    pid: number,
    role: Process['role'],
    comm: string,
    startedMs: number,
    more: Partial<Process>,
  ): Process => ({
    pid,
    ppid: 1,
    bornOf: 1,
    comm,
    command: comm,
    role,
    container: null,
    uid: 0,
    startedMs,
    endedMs: null,
    ...more,
  });
  return [
    {
      at: END,
      state: {
        uptimeMs: 700_000,
        processes: [
          process(1390, 'engine', 'podman', 668_000, {
            bornOf: 820,
            ppid: 820,
            command: 'podman run -d -p 8080:80 --name web web',
            endedMs: 673_200,
          }),
          process(1402, 'network', 'netavark', 670_100, { bornOf: 1390, ppid: 1390, endedMs: 671_000 }),
          process(1409, 'monitor', 'conmon', 671_500, {
            bornOf: 1390,
            container: WEB,
            command: '/usr/bin/conmon -c 1f1f -r /usr/bin/crun',
          }),
          process(1410, 'runtime', 'crun', 671_700, { bornOf: 1409, ppid: 1409, container: WEB, endedMs: 672_500 }),
          process(1412, 'container', 'httpd', 672_000, {
            bornOf: 1410,
            ppid: 1409,
            container: WEB,
            command: 'httpd -f -p 80',
          }),
          process(1530, 'engine', 'podman', 696_000, { bornOf: 820, ppid: 820, command: 'podman run data' }),
          process(1536, 'monitor', 'conmon', 698_800, { bornOf: 1530, ppid: 1, container: DATA }),
          process(1537, 'runtime', 'crun', 699_100, { bornOf: 1536, ppid: 1536, container: DATA }),
        ],
        containers,
      },
    },
  ];
}

function overlay(): Samples['overlay'] {
  const layer = (id: string, images: string[] = []) => ({
    path: `/var/lib/containers/storage/overlay/${id}/diff`,
    id,
    images,
  });
  const entry = (mount: number, path: string, kind: 'copy-up' | 'new' | 'whiteout' | 'opaque', fresh = false) => ({
    mount,
    path,
    kind,
    directory: false,
    sizeBytes: 4096,
    changedAtMs: fresh ? END - 2000 : END - 200_000,
    seenHappen: fresh,
  });
  const mount = (id: number, container: string | null, lower: number[], upper: number, mountPoint: string) => ({
    id,
    mountPoint,
    mountNamespace: 4026531841,
    container,
    lower,
    upper,
    workDir: null,
  });
  const storage = '/var/lib/containers/storage/overlay';
  return [
    {
      at: END,
      state: {
        mounts: [
          mount(90, WEB, [1, 0], 3, `${storage}/a1c9/merged`),
          mount(91, DATA, [1, 0], 4, `${storage}/b27e/merged`),
          mount(97, null, [2], 5, '/home/learner/merged'),
        ],
        layers: [
          layer('6f0e1b22c0d4', ['base:latest', 'web:latest']),
          layer('93ab77c1e5f0', ['web:latest']),
          { path: '/home/learner/lower', id: null, images: [] },
          layer('a1c9000000aa'),
          layer('b27e000000bb'),
          { path: '/home/learner/upper', id: null, images: [] },
        ],
        entries: [
          entry(90, '/etc/hosts', 'copy-up', true),
          entry(90, '/var/log/access', 'new'),
          entry(91, '/www/index.html', 'whiteout', true),
          entry(97, '/note', 'copy-up'),
          entry(97, '/new', 'new'),
        ],
        lookups: [
          {
            path: '/home/learner/merged/note',
            mount: 97,
            found: [
              { layer: 5, what: 'file' },
              { layer: 2, what: 'file' },
            ],
            from: 5,
          },
        ],
        storage: [],
        containers,
      },
    },
  ];
}

function networkPath(): Samples['network-path'] {
  type Nic = XrayState<'network-path'>['namespaces'][number]['interfaces'][number];
  const nic = (index: number, name: string, kind: Nic['kind'], more: Partial<Nic> = {}): Nic => ({
    index,
    name,
    kind,
    mac: null,
    up: true,
    carrier: true,
    mtu: 1500,
    addresses: [],
    master: null,
    peer: null,
    rxPackets: 10,
    rxBytes: 1000,
    rxDropped: 0,
    txPackets: 10,
    txBytes: 1000,
    txDropped: 0,
    ...more,
  });
  const [host, outside, web, data] = [4026531840, 4026532200, 4026532431, 4026532432];
  const moment = (at: number, packets: number): Moment<XrayState<'network-path'>> => {
    const busy = { rxPackets: packets, txPackets: packets };
    return {
      at,
      state: {
        namespaces: [
          {
            inode: host,
            name: null,
            role: 'host',
            container: null,
            processes: 30,
            leader: 1,
            interfaces: [
              nic(2, 'eth0', 'veth', { addresses: ['192.0.2.2/24'], peer: { namespace: outside, index: 3 }, ...busy }),
              nic(4, 'podman0', 'bridge', { addresses: ['10.88.0.1/16'], ...busy }),
              nic(5, 'veth0', 'veth', { master: 4, peer: { namespace: web, index: 2 }, ...busy }),
              nic(6, 'veth1', 'veth', { master: 4, peer: { namespace: data, index: 2 } }),
            ],
            routes: [{ to: 'default', via: '192.0.2.1', interface: 'eth0' }],
            forwards: true,
            listening: [],
          },
          {
            inode: outside,
            name: 'outside',
            role: 'outside',
            container: null,
            processes: 2,
            leader: 300,
            interfaces: [
              nic(3, 'world', 'veth', { addresses: ['192.0.2.1/24'], peer: { namespace: host, index: 2 }, ...busy }),
            ],
            routes: [],
            forwards: false,
            listening: [{ protocol: 'tcp', address: '192.0.2.1', port: 80 }],
          },
          {
            inode: web,
            name: null,
            role: 'container',
            container: WEB,
            processes: 2,
            leader: 1412,
            interfaces: [
              nic(2, 'eth0', 'veth', { addresses: ['10.88.0.2/16'], peer: { namespace: host, index: 5 }, ...busy }),
            ],
            routes: [],
            forwards: false,
            listening: [{ protocol: 'tcp', address: '0.0.0.0', port: 80 }],
          },
          {
            inode: data,
            name: null,
            role: 'container',
            container: DATA,
            processes: 1,
            leader: 1538,
            interfaces: [nic(2, 'eth0', 'veth', { addresses: ['10.88.0.3/16'], peer: { namespace: host, index: 6 } })],
            routes: [],
            forwards: false,
            listening: [],
          },
        ],
        ports: [
          {
            container: WEB,
            protocol: 'tcp',
            hostAddress: '',
            hostPort: 8080,
            containerAddress: '10.88.0.2',
            containerPort: 80,
            by: 'dnat',
            rule: 0,
          },
        ],
        rules: [
          {
            kind: 'dnat',
            table: 'nat',
            chain: 'NETAVARK-DN-1F1F',
            protocol: 'tcp',
            source: null,
            destination: null,
            destinationPort: 8080,
            to: '10.88.0.2:80',
            text: '-A NETAVARK-DN-1F1F -p tcp --dport 8080 -j DNAT --to-destination 10.88.0.2:80',
            packets: Math.round(packets / 5),
            bytes: 0,
          },
        ],
        forwardPolicy: 'accept',
        flows: [
          {
            protocol: 'tcp',
            source: '192.0.2.1:40122',
            destination: '192.0.2.2:8080',
            replySource: '10.88.0.2:80',
            replyDestination: '192.0.2.1:40122',
            state: 'ESTABLISHED',
            change: 'new',
            atMs: END,
          },
        ],
        problems: [],
        networks: [
          {
            name: 'podman',
            bridge: 'podman0',
            subnets: ['10.88.0.0/16'],
            file: '/etc/containers/networks/podman.json',
          },
        ],
        containers,
      },
    };
  };
  return [moment(second(3), 10), moment(END, 26)];
}

export const SAMPLES: Samples = {
  'run-queue': runQueue(),
  vmstat: vmstat(),
  'process-tree': processTree(),
  namespaces: namespaces(),
  cgroups: cgroups(),
  'runtime-chain': runtimeChain(),
  overlay: overlay(),
  'network-path': networkPath(),
};
