// Follows the way of each published port and says where it is broken. Pure.
import type { NetProblem, NetworkPath, PublishedPort } from '../../protocol/xray/network-path.ts';

type Picture = Pick<NetworkPath, 'namespaces' | 'ports' | 'rules' | 'forwardPolicy'>;

const MAX_PROBLEMS = 32;

/** Place of the DNAT rule that sends `port` to its container, or elsewhere; null: none matches its number. */
export function ruleOf(rules: Picture['rules'], port: Omit<PublishedPort, 'rule'>): number | null {
  const matching = rules.flatMap((rule, place) =>
    rule.kind === 'dnat' &&
    (rule.protocol === null || rule.protocol === port.protocol) &&
    (rule.destinationPort === null || rule.destinationPort === port.hostPort)
      ? [{ rule, place }]
      : [],
  );
  const wanted = `${port.containerAddress ?? ''}:${port.containerPort}`;
  return (matching.find(({ rule }) => rule.to === wanted) ?? matching[0])?.place ?? null;
}

export function problemsOf(picture: Picture): NetProblem[] {
  const problems: NetProblem[] = [];
  const host = picture.namespaces.find(({ role }) => role === 'host');
  const hasMasquerade = picture.rules.some(({ kind }) => kind === 'masquerade' || kind === 'snat');
  const say = (code: NetProblem['code'], about: Partial<Omit<NetProblem, 'code'>>): void => {
    problems.push({ code, interface: null, rule: null, port: null, ...about });
  };
  for (const [port, published] of picture.ports.entries()) {
    if (published.by === 'process') continue;
    const { rule, containerAddress } = published;
    const inside = picture.namespaces.find(({ container }) => container === published.container);
    if (inside === undefined) continue;
    const nic = inside.interfaces.find(({ kind }) => kind !== 'loopback');
    const at = nic === undefined ? null : { namespace: inside.inode, index: nic.index };
    const hasAddress =
      containerAddress !== null &&
      inside.interfaces.some(({ addresses }) => addresses.some((one) => one.startsWith(`${containerAddress}/`)));
    if (rule === null) say('no-dnat', { port });
    else if (picture.rules[rule]?.to !== `${containerAddress ?? ''}:${published.containerPort}`)
      say('dnat-elsewhere', { port, rule });
    if (!hasMasquerade) say('no-masquerade', { port });
    if (host?.forwards === false) say('no-forwarding', { port });
    if (picture.forwardPolicy === 'drop') say('forward-dropped', { port });
    for (const place of blockers(picture.rules, containerAddress)) say('forward-dropped', { port, rule: place });
    if (nic?.up === false) say('interface-down', { port, interface: at });
    else if (nic?.carrier === false) say('no-carrier', { port, interface: at });
    if (!hasAddress) say('no-address', { port, interface: at });
    if (!inside.routes.some(({ to }) => to === 'default')) say('no-route', { port, interface: at });
    if (!inside.listening.some((one) => one.port === published.containerPort && one.protocol === published.protocol))
      say('no-listener', { port });
    const cable = host?.interfaces.find(({ peer }) => peer?.namespace === inside.inode && peer.index === nic?.index);
    if (host === undefined || cable === undefined) continue;
    const end = { namespace: host.inode, index: cable.index };
    if (!cable.up) say('interface-down', { port, interface: end });
    if (cable.master === null) say('not-in-bridge', { port, interface: end });
    const bridge = host.interfaces.find(({ index }) => index === cable.master);
    if (bridge?.up === false)
      say('interface-down', { port, interface: { namespace: host.inode, index: bridge.index } });
    else if (bridge?.addresses.length === 0)
      say('no-address', { port, interface: { namespace: host.inode, index: bridge.index } });
  }
  return problems.slice(0, MAX_PROBLEMS);
}

/** Rules of the filter table, apart from podman's own isolation, that stop packets to that address. */
function blockers(rules: Picture['rules'], address: string | null): number[] {
  return rules.flatMap(({ kind, table, chain, destination, text }, place) => {
    const stops = (kind === 'drop' || kind === 'reject') && (table === 'filter' || table.endsWith(' filter'));
    const ways = chain === 'FORWARD' || chain === 'forward' || chain === 'NETAVARK_FORWARD';
    const partly = /ctstate INVALID|ct state invalid/.test(text);
    const meant = destination === null || destination === address || destination === `${address}/32`;
    return stops && ways && !partly && meant ? [place] : [];
  });
}
