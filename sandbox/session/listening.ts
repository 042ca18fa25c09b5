// Which TCP ports a guest listens on, from the text of its /proc/net/tcp and tcp6 (proc(5)). Pure; the guest may say anything.
import { isIPv6 } from 'node:net';

export type Listening = {
  readonly port: number;
  /** where to reach it from inside: a loopback address, or the one of its own that it is bound to */
  readonly host: string;
};

/** More than any lesson opens; a guest that listens on thousands shows its lowest ones. */
export const MAX_PORTS = 24;

/** Listening sockets come first in these files, at some 150 bytes a line. */
export const SOCKET_TABLE_BYTES = 32 * 1024;

/** `TCP_LISTEN` of the kernel's net/tcp_states.h, in hexadecimal. */
const LISTEN = '0A';
const LINE = /^\s*\d+: ([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4}) [0-9A-F]+:[0-9A-F]{4} ([0-9A-F]{2}) /;

/** Lowest port first; of several addresses for one port the one that IPv4's loopback reaches. */
export function listeningPorts(tcp: string, tcp6: string): Listening[] {
  const found = new Map<number, string>();
  for (const line of `${tcp}\n${tcp6}`.split('\n')) {
    const [, address = '', hex = '', state] = LINE.exec(line) ?? [];
    const port = parseInt(hex, 16);
    if (state !== LISTEN || !(port > 0)) continue;
    const host = reachable(address);
    const known = found.get(port);
    if (host !== undefined && (known === undefined || (known !== '127.0.0.1' && host === '127.0.0.1'))) {
      found.set(port, host);
    }
  }
  return [...found]
    .map(([port, host]) => ({ port, host }))
    .sort((a, b) => a.port - b.port)
    .slice(0, MAX_PORTS);
}

/** The address as one connects to it; undefined for IPv6's link-local ones, which need an interface besides. */
function reachable(hex: string): string | undefined {
  if (/^0+$/.test(hex)) return hex.length === 8 ? '127.0.0.1' : '::1';
  // Each 32-bit word is printed as the processor holds it: little-endian on all that this runs on.
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => (word.match(/../g) ?? []).toReversed());
  if (bytes.length === 4) return bytes.map((byte) => parseInt(byte, 16)).join('.');
  const groups = Array.from({ length: 8 }, (_, at) => `${bytes[at * 2]}${bytes[at * 2 + 1]}`.toLowerCase());
  const address = groups.join(':');
  if (address.startsWith('fe80')) return undefined;
  return isIPv6(address) ? address : undefined;
}
