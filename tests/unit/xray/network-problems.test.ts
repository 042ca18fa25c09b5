// Where the way of a published port is broken.
import { describe, expect, it } from 'vitest';
import { problemsOf, ruleOf } from '../../../sandbox/guest/observer/network-problems.ts';
import type { NetNamespace, NetworkPath } from '../../../sandbox/protocol/xray/network-path.ts';

const ID = 'a'.repeat(64);
type Nic = NetNamespace['interfaces'][number];

const nic = (index: number, changes: Partial<Nic>): Nic => ({
  index,
  name: `if${index}`,
  kind: 'veth',
  mac: null,
  up: true,
  carrier: true,
  mtu: 1500,
  addresses: [],
  master: null,
  peer: null,
  rxPackets: 0,
  rxBytes: 0,
  rxDropped: 0,
  txPackets: 0,
  txBytes: 0,
  txDropped: 0,
  ...changes,
});

function whole(): Pick<NetworkPath, 'namespaces' | 'ports' | 'rules' | 'forwardPolicy'> {
  const base = { processes: 1, leader: 1, routes: [], forwards: true, listening: [], name: null, container: null };
  const rule = { table: 'nat', chain: 'X', source: null, destination: null, text: '', packets: 0, bytes: 0 };
  return {
    namespaces: [
      {
        ...base,
        inode: 1,
        role: 'host',
        interfaces: [
          nic(3, { kind: 'bridge', addresses: ['10.88.0.1/16'] }),
          nic(4, { master: 3, peer: { namespace: 2, index: 2 } }),
        ],
      },
      {
        ...base,
        inode: 2,
        role: 'container',
        container: ID,
        interfaces: [nic(2, { addresses: ['10.88.0.2/16'], peer: { namespace: 1, index: 4 } })],
        routes: [{ to: 'default', via: '10.88.0.1', interface: 'eth0' }],
        listening: [{ protocol: 'tcp', address: '0.0.0.0', port: 80 }],
      },
    ],
    ports: [
      {
        container: ID,
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
      { ...rule, kind: 'dnat', protocol: 'tcp', destinationPort: 8080, to: '10.88.0.2:80' },
      { ...rule, kind: 'masquerade', protocol: null, destinationPort: null, to: null },
    ],
    forwardPolicy: 'accept',
  };
}

const codes = (change: (picture: ReturnType<typeof whole>) => void): string[] => {
  const picture = whole();
  change(picture);
  return problemsOf(picture).map(({ code }) => code);
};
const first = <T>(items: readonly T[]): T => items[0] as T;

describe('the way of a published port', () => {
  it('has nothing wrong where all is there', () => {
    expect(codes(() => undefined)).toEqual([]);
  });

  it('misses its DNAT rule', () => {
    expect(codes((it) => (first(it.ports).rule = null))).toEqual(['no-dnat']);
  });

  it('is led to an address the container does not have', () => {
    expect(codes((it) => (first(it.rules).to = '10.88.0.9:80'))).toEqual(['dnat-elsewhere']);
  });

  it('ends at a cable that was unplugged from the bridge', () => {
    expect(codes((it) => ((it.namespaces[0]?.interfaces[1] as Nic).master = null))).toEqual(['not-in-bridge']);
  });

  it('ends where forwarding is off, refused or dropped by a rule', () => {
    expect(codes((it) => (first(it.namespaces).forwards = false))).toEqual(['no-forwarding']);
    expect(codes((it) => (it.forwardPolicy = 'drop'))).toEqual(['forward-dropped']);
    expect(
      codes((it) => it.rules.push({ ...first(it.rules), kind: 'drop', table: 'filter', chain: 'FORWARD', to: null })),
    ).toEqual(['forward-dropped']);
  });

  it('ends where nobody listens', () => {
    expect(codes((it) => ((it.namespaces[1] as NetNamespace).listening = []))).toEqual(['no-listener']);
  });

  it('prefers the rule that leads to the container over another of the same port', () => {
    const { rules, ports } = whole();
    expect(ruleOf([{ ...first(rules), to: '10.88.0.9:80' }, first(rules)], first(ports))).toBe(1);
    expect(ruleOf([], first(ports))).toBeNull();
  });
});
