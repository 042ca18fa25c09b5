// Who may start a machine now, and what the others are told.
import { describe, expect, it } from 'vitest';
import type { BootProgress } from '../../../sandbox/machine/machine.ts';
import {
  availableMib,
  CLONE_MIB,
  ESTIMATE_CEILING_MS,
  estimateMs,
  expectedMib,
  room,
  turnMs,
  wokenMib,
} from '../../../sandbox/source/admission.ts';
import { WaitingRoom } from '../../../sandbox/source/waiting-room.ts';

describe('room on a host', () => {
  const load = { machines: 0, maxMachines: 10, promisedMib: 0 };

  it('is what memory leaves beyond the reserve', () => {
    expect(room({ availableMib: 2048, reserveMib: 1024 }, load, 200)).toBe(5);
    expect(room({ availableMib: 1024, reserveMib: 1024 }, load, 200)).toBe(0);
    expect(room({ availableMib: 100, reserveMib: 1024 }, load, 200)).toBe(0);
  });

  it('is bounded by the number of machines', () => {
    expect(room({ availableMib: 100_000, reserveMib: 0 }, { ...load, machines: 8 }, 200)).toBe(2);
    expect(room({ availableMib: 100_000, reserveMib: 0 }, { ...load, machines: 12 }, 200)).toBe(0);
  });

  it('counts machines that start and do not show in free memory yet', () => {
    expect(room({ availableMib: 1000, reserveMib: 0 }, { ...load, promisedMib: 900 }, 200)).toBe(0);
  });

  it('is read from what the kernel calls available', () => {
    expect(availableMib('MemTotal: 24000000 kB\nMemFree: 5 kB\nMemAvailable:   2097152 kB\n')).toBe(2048);
    expect(availableMib('garbage')).toBe(0);
  });
});

describe('what a machine is expected to take', () => {
  it('is experience first, then what was measured, within bounds', () => {
    expect(expectedMib([])).toBe(CLONE_MIB);
    expect(expectedMib([100, 140])).toBe(150);
    expect(expectedMib([1, 2])).toBe(CLONE_MIB / 2);
    expect(expectedMib([5000])).toBe(2 * CLONE_MIB);
  });
});

describe('what a machine needs that comes back', () => {
  it('is what it had changed and QEMU itself, and no less than a clone', () => {
    expect(wokenMib(0)).toBe(CLONE_MIB);
    expect(wokenMib(500 * 1024 ** 2)).toBe(590);
  });
});

describe('the estimate for those who wait', () => {
  it('is the mean gap between machines that went, times the position', () => {
    expect(estimateMs(1, [0, 1000, 2000], 2000)).toBe(1000);
    expect(estimateMs(3, [0, 1000, 2000], 2000)).toBe(3000);
  });

  it('grows while nobody goes', () => {
    expect(estimateMs(1, [0, 1000], 61_000)).toBe(30_000);
  });

  it('for a turn is how long starts took, shared among those that start together', () => {
    expect(turnMs(4, [500, 1500], 2)).toBe(2000);
    expect(turnMs(4, [], 2)).toBe(2000);
  });

  it('is the ceiling where there is nothing to go by', () => {
    expect(estimateMs(1, [], 0)).toBe(ESTIMATE_CEILING_MS);
    expect(estimateMs(1, [5], 10)).toBe(ESTIMATE_CEILING_MS);
  });
});

describe('the waiting room', () => {
  const roomFor = (maxMachines: number, maxStarting = 100): WaitingRoom =>
    new WaitingRoom({ maxMachines, maxStarting, reserveMib: 0, readMemory: () => Promise.resolve(100_000) });

  it('lets in first who came first', async () => {
    const waiting = roomFor(1);
    const first = await waiting.enter(100);
    const order: string[] = [];
    const second = waiting.enter(100).then((place) => {
      order.push('second');
      return place;
    });
    const third = waiting.enter(100).then((place) => {
      order.push('third');
      return place;
    });
    first.release();
    (await second).release();
    (await third).release();
    expect(order).toEqual(['second', 'third']);
    expect(waiting.machines).toBe(0);
    waiting.close();
  });

  it('tells everybody the position, and again when somebody leaves', async () => {
    const waiting = roomFor(1);
    const place = await waiting.enter(100);
    const leaving = new AbortController();
    const seen: BootProgress[] = [];
    const gone = waiting.enter(100, { signal: leaving.signal });
    const told = Promise.withResolvers<void>();
    const last = waiting.enter(100, {
      onProgress: (progress) => {
        seen.push(progress);
        if (progress.stage === 'queued' && progress.position === 1) told.resolve();
      },
    });
    leaving.abort(new Error('left'));
    await expect(gone).rejects.toThrow('left');
    await told.promise;
    place.release();
    (await last).release();
    waiting.close();
  });

  it('lets few start at the same time, however many places there are, and says that it is only a turn', async () => {
    const waiting = roomFor(10, 2);
    const first = await waiting.enter(100);
    await waiting.enter(100);
    const told = Promise.withResolvers<BootProgress>();
    const third = waiting.enter(100, { onProgress: told.resolve });
    expect(await told.promise).toMatchObject({ stage: 'queued', position: 1, full: false });
    first.started();
    first.started();
    await third;
    expect(waiting.machines).toBe(3);
    waiting.close();
  });

  it('lets the next one start where a start came to nothing', async () => {
    const waiting = roomFor(10, 1);
    const first = await waiting.enter(100);
    const second = waiting.enter(100);
    first.release();
    (await second).started();
    (await waiting.enter(100)).release();
    expect(waiting.machines).toBe(1);
    waiting.close();
  });

  it('does not count a machine that was there already as one that starts', async () => {
    const waiting = roomFor(10, 1);
    waiting.occupy();
    await waiting.enter(100);
    expect(waiting.machines).toBe(2);
    waiting.close();
  });

  it('says that every place is taken where it is', async () => {
    const waiting = roomFor(1);
    await waiting.enter(100);
    const told = Promise.withResolvers<BootProgress>();
    waiting.enter(100, { onProgress: told.resolve }).catch(() => undefined);
    expect(await told.promise).toMatchObject({ stage: 'queued', position: 1, full: true });
    waiting.close();
  });

  it('gives a place back once, however often it is released', async () => {
    const waiting = roomFor(2);
    const place = await waiting.enter(100);
    place.release();
    place.release();
    expect(waiting.machines).toBe(0);
    expect(waiting.freeNow(100)).toBe(2);
    waiting.close();
  });

  it('turns everybody away when it closes', async () => {
    const waiting = roomFor(1);
    await waiting.enter(100);
    const turned = waiting.enter(100);
    waiting.close();
    await expect(turned).rejects.toMatchObject({ code: 'closed' });
    await expect(waiting.enter(100)).rejects.toMatchObject({ code: 'closed' });
  });
});
