// What a guest's socket tables say, whether it is honest or not.
import { describe, expect, it } from 'vitest';
import { listeningPorts, MAX_PORTS } from '../../../sandbox/session/listening.ts';

const HEAD = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
const line = (address: string, state = '0A', at = 0): string =>
  `   ${at}: ${address} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 4110 1 0 100 0 0 10 0\n`;
const line6 = (address: string): string =>
  `   0: ${address} 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1\n`;

describe('the ports a guest listens on', () => {
  it('are those in the state LISTEN, lowest first, with the address that reaches them', () => {
    const tcp = HEAD + line('00000000:1F90') + line('0100007F:0050', '0A', 1) + line('0100007F:A000', '01', 2);
    expect(listeningPorts(tcp, '')).toEqual([
      { port: 80, host: '127.0.0.1' },
      { port: 8080, host: '127.0.0.1' },
    ]);
  });

  it('are reached at the address they are bound to, where that is not the loopback', () => {
    expect(listeningPorts(line('0A7100CB:1F90'), '')).toEqual([{ port: 8080, host: '203.0.113.10' }]);
  });

  it('are reached over IPv6 where nothing listens on IPv4', () => {
    const any = line6('00000000000000000000000000000000:1F90');
    expect(listeningPorts('', any)).toEqual([{ port: 8080, host: '::1' }]);
    expect(listeningPorts(line('00000000:1F90'), any)).toEqual([{ port: 8080, host: '127.0.0.1' }]);
    const loopback = line6('00000000000000000000000001000000:1F90');
    expect(listeningPorts('', loopback)).toEqual([{ port: 8080, host: '0000:0000:0000:0000:0000:0000:0000:0001' }]);
  });

  it('are bounded, and nonsense is none', () => {
    const many = Array.from({ length: 500 }, (_, at) =>
      line(`00000000:${(1000 + at).toString(16).toUpperCase()}`.replace(/:(\w{3})$/, ':0$1')),
    );
    expect(listeningPorts(many.join(''), '')).toHaveLength(MAX_PORTS);
    expect(
      listeningPorts('0: zz:1F90 x 0A\n\0\0 7: 00000000:0000 00000000:0000 0A \n'.repeat(100), '{"tcp":1}'),
    ).toEqual([]);
  });
});
