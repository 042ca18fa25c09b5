// What the observer makes of the kernel's texts.
import { describe, expect, it } from 'vitest';
import { parseOverlays } from '../../../sandbox/guest/observer/mount-text.ts';
import {
  parseConntrack,
  parseIptables,
  parseLinks,
  parseListeners,
  parseNft,
} from '../../../sandbox/guest/observer/network-text.ts';
import { containerOf } from '../../../sandbox/guest/observer/podman.ts';
import {
  containerOfCgroup,
  parseKernelStat,
  parseLoadAverage,
  parsePressure,
  parseStat,
} from '../../../sandbox/guest/observer/proc-text.ts';
import { parseLimit } from '../../../sandbox/guest/observer/views/cgroups.ts';
import { loadSampleAge } from '../../../sandbox/guest/observer/views/run-queue.ts';
import { containerIn, roleOf } from '../../../sandbox/guest/observer/views/runtime-chain.ts';

const ID = '97dcc6a383b9d7ea5efb3ad7eefa1985a34cf8ec30d800ea8c1740163dd78a9d';

describe('texts of /proc', () => {
  it('finds the end of a name that contains brackets and spaces', () => {
    const line = `4242 (a) b (c) R 1 4242 4200 34816 4242 4194304 100 0 0 0 150 50 7 3 20 5 3 0 12345 1000000 250 18446744073709551615 1 1 0 0 0 0 0 0 0 0 0 0 17 1 0 0 0 0 0`;
    expect(parseStat(line)).toMatchObject({
      pid: 4242,
      comm: 'a) b (c',
      state: 'R',
      ppid: 1,
      tpgid: 4242,
      kernel: false,
      cpuMs: 2000,
      familyCpuMs: 2100,
      nice: 5,
      threads: 3,
      startedMs: 123_450,
      residentKib: 1000,
      cpu: 1,
    });
  });

  it('knows a kernel thread by its flag', () => {
    expect(parseStat('2 (kthreadd) S 0 0 0 0 -1 2129984 0 0 0 0 0 0 0 0 20 0 1 0 3 0 0')?.kernel).toBe(true);
  });

  it('refuses what is no stat line', () => {
    expect(parseStat('')).toBeUndefined();
    expect(parseStat('1 (x) ? 1')).toBeUndefined();
  });

  it('reads load averages and the number that run', () => {
    expect(parseLoadAverage('1.85 0.80 0.30 2/104 814\n')).toEqual({
      averages: [1.85, 0.8, 0.3],
      running: 2,
    });
  });

  it('reads the CPUs in milliseconds and skips the long lines', () => {
    const stat = parseKernelStat(
      'cpu  10 1 5 100 2 0 3 4 0 0\ncpu0 10 1 5 100 2 0 3 4 0 0\nintr 77 1 2 3\nctxt 99\nprocesses 5\nprocs_running 3\nprocs_blocked 1\nsoftirq 1 2\n',
    );
    expect(stat).toMatchObject({ interrupts: 77, contextSwitches: 99, forks: 5, running: 3, blocked: 1 });
    expect(stat.cpus).toEqual([{ id: 0, time: stat.all }]);
    expect(stat.all).toMatchObject({ userMs: 100, niceMs: 10, idleMs: 1000, stealMs: 40 });
  });

  it('reads pressure with and without a full line', () => {
    const some = 'some avg10=1.50 avg60=0.20 avg300=0.00 total=123\n';
    expect(parsePressure(some)).toEqual({ some: { avg10: 1.5, avg60: 0.2, avg300: 0, totalUs: 123 }, full: null });
    expect(parsePressure(undefined)).toBeUndefined();
  });

  it('knows the container of a cgroup', () => {
    expect(containerOfCgroup(`/machine.slice/libpod-${ID}.scope/container`)).toBe(ID);
    expect(containerOfCgroup(`/machine.slice/libpod-conmon-${ID}.scope`)).toBeNull();
    expect(containerOfCgroup('/user.slice')).toBeNull();
  });

  it('takes max and a missing file for no limit', () => {
    expect([parseLimit('max\n'), parseLimit(undefined), parseLimit('4096\n')]).toEqual([null, null, 4096]);
  });
});

describe('the sample behind the load averages', () => {
  it('is unknown until the averages have changed, and carried on from there', () => {
    const age = loadSampleAge();
    expect(age([0, 0, 0], 1000)).toBeNull();
    expect(age([0.08, 0, 0], 2000)).toBe(500);
    expect(age([0.08, 0, 0], 5000)).toBe(3500);
    // the next one came and changed nothing that two decimals show
    expect(age([0.08, 0, 0], 7000)).toBe(5500 - 5004);
  });
});

describe('overlay mounts', () => {
  it('gives layers from the top down, with escapes undone', () => {
    const line = String.raw`224 209 0:40 / /tmp/my\040dir rw,relatime shared:1 - overlay overlay rw,lowerdir=/a:/b\040c,upperdir=/u,workdir=/w,uuid=on`;
    expect(parseOverlays(`${line}\n24 1 254:0 / / rw - ext4 /dev/vda rw\n`, 8)).toEqual([
      { id: 224, mountPoint: '/tmp/my dir', lower: ['/a', '/b c'], upper: '/u', work: '/w' },
    ]);
  });

  it('knows a read-only mount, and layers named one by one', () => {
    expect(parseOverlays('1 1 0:1 / /m ro - overlay x ro,lowerdir+=/a,lowerdir+=/b', 8)).toEqual([
      { id: 1, mountPoint: '/m', lower: ['/a', '/b'], upper: undefined, work: undefined },
    ]);
  });

  it('keeps the newest of too many', () => {
    const many = Array.from({ length: 10 }, (_, id) => `${id} 1 0:1 / /m${id} ro - overlay x ro,lowerdir=/a`).join(
      '\n',
    );
    expect(parseOverlays(many, 3).map(({ id }) => id)).toEqual([7, 8, 9]);
  });
});

describe('the network', () => {
  const SAVE = `*filter
:FORWARD DROP [0:0]
[0:0] -A NETAVARK_FORWARD -m conntrack --ctstate INVALID -j DROP
[0:0] -A NETAVARK_FORWARD -s 10.88.0.0/16 -j ACCEPT
COMMIT
*nat
:PREROUTING ACCEPT [0:0]
[1:60] -A NETAVARK-1D ! -d 224.0.0.0/4 -j MASQUERADE
[2:120] -A NETAVARK-DN-1D -p tcp -m tcp --dport 8080 -j DNAT --to-destination 10.88.0.2:80
[0:0] -A NETAVARK-HOSTPORT-SETMARK -j MARK --set-xmark 0x2000/0x2000
COMMIT`;

  it('reads the rules that change or stop packets, and the policy', () => {
    const { rules, forwardPolicy } = parseIptables(SAVE);
    expect(forwardPolicy).toBe('drop');
    expect(rules.map(({ kind }) => kind)).toEqual(['drop', 'masquerade', 'dnat', 'mark']);
    expect(rules[2]).toMatchObject({
      table: 'nat',
      protocol: 'tcp',
      destinationPort: 8080,
      to: '10.88.0.2:80',
      packets: 2,
      bytes: 120,
    });
    expect(rules[1]).toMatchObject({ destination: '! 224.0.0.0/4' });
  });

  it('leaves out of nft what iptables manages', () => {
    const text = `table ip nat {
	chain A {
		tcp dport 8080 counter packets 0 bytes 0 dnat to 10.88.0.2:80
	}
}
table inet mine {
	chain forward {
		type filter hook forward priority filter; policy drop;
		ip daddr 10.88.0.2 tcp dport 80 counter packets 3 bytes 180 drop
	}
}`;
    const { rules, forwardPolicy } = parseNft(text, ['ip nat']);
    expect(forwardPolicy).toBe('drop');
    expect(rules).toHaveLength(1);
    expect(rules[0]).toMatchObject({
      kind: 'drop',
      table: 'inet mine',
      chain: 'forward',
      destination: '10.88.0.2',
      destinationPort: 80,
      packets: 3,
    });
  });

  it('reads a connection with what NAT made of it', () => {
    const line =
      '    [NEW] tcp      6 120 SYN_SENT src=203.0.113.1 dst=203.0.113.10 sport=40000 dport=8080 [UNREPLIED] src=10.88.0.2 dst=203.0.113.1 sport=80 dport=40000';
    expect(parseConntrack(line, 5)).toEqual({
      protocol: 'tcp',
      source: '203.0.113.1:40000',
      destination: '203.0.113.10:8080',
      replySource: '10.88.0.2:80',
      replyDestination: '203.0.113.1:40000',
      state: 'SYN_SENT',
      change: 'new',
      atMs: 5,
    });
    expect(parseConntrack('conntrack v1.4.8', 5)).toBeUndefined();
  });

  it('reads listeners of both families', () => {
    const text = `  sl  local_address rem_address st
   0: 0100007F:1F90 00000000:0000 0A 0
   1: 00000000000000000000000000000000:0050 00000000000000000000000000000000:0000 0A 0
   2: 0100007F:1F91 0100007F:1F90 01 0`;
    expect(parseListeners(text, 'tcp')).toEqual([
      { protocol: 'tcp', address: '127.0.0.1', port: 8080 },
      { protocol: 'tcp', address: '::', port: 80 },
    ]);
  });

  it('takes nonsense for no interfaces', () => {
    expect(parseLinks('{')).toEqual([]);
    expect(parseLinks('[{}]')).toHaveLength(1);
  });
});

describe('podman', () => {
  it('reads ports, ranges among them, and addresses', () => {
    const row = {
      id: ID,
      name: 'web',
      state: 3,
      image: 'localhost/web:latest',
      ports: '[{"host_ip":"","container_port":80,"host_port":8080,"range":2,"protocol":"tcp"}]',
      networks: '{"podman":{}}',
      pid: 42,
      network: '{"podman":{"interfaces":{"eth0":{"subnets":[{"ipnet":"10.88.0.2/16"}]}}}}',
    };
    expect(containerOf(row, false)).toMatchObject({
      state: 'running',
      pid: 42,
      addresses: ['10.88.0.2/16'],
      networks: ['podman'],
      ports: [
        { hostPort: 8080, containerPort: 80 },
        { hostPort: 8081, containerPort: 81 },
      ],
    });
  });

  it('drops a row whose id is none', () => {
    expect(containerOf({ id: '../etc' }, false)).toBeUndefined();
  });

  it('tells the parts of the chain apart', () => {
    expect(roleOf('conmon', '/usr/bin/conmon --api-version 1', ID, false)).toBe('monitor');
    expect(roleOf('3', '/usr/bin/crun start x', null, false)).toBe('runtime');
    expect(roleOf('httpd', '/bin/httpd -f', ID, true)).toBe('container');
    expect(roleOf('sh', 'sh', ID, false)).toBe('inside');
    expect(roleOf('bash', '-bash', null, false)).toBeUndefined();
    expect(containerIn(`/usr/bin/conmon --api-version 1 -c ${ID} -u x`)).toBe(ID);
  });
});
