// The speed of the time-stamp counter, read from what the host says of its processor.
import { describe, expect, it } from 'vitest';
import { tscKhz } from '../../../sandbox/host/tsc.ts';

const cpuinfo = (flags: string, mhz: string): string =>
  `processor\t: 0\ncpu MHz\t\t: ${mhz}\nflags\t\t: fpu tsc ${flags}\n`;

describe('the speed of the time-stamp counter', () => {
  it('is what a virtual host says of its constant counter', () => {
    expect(tscKhz(cpuinfo('constant_tsc hypervisor', '2596.140'))).toBe(2_596_140);
  });

  it('is unknown on bare metal, where the figure is the clock of the moment', () => {
    expect(tscKhz(cpuinfo('constant_tsc', '800.000'))).toBeUndefined();
  });

  it('is unknown where the counter changes its speed, and where the figure is no speed', () => {
    expect(tscKhz(cpuinfo('hypervisor', '2596.140'))).toBeUndefined();
    expect(tscKhz(cpuinfo('constant_tsc hypervisor', '0.000'))).toBeUndefined();
    expect(tscKhz('')).toBeUndefined();
  });
});
