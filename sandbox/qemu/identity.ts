// What a machine is told after a restore: the time, fresh randomness, who it is.
import { createHash, randomBytes } from 'node:crypto';
import type { Params } from '../protocol/messages.ts';
import { hostnameOf } from './folder.ts';

/** Pure but for the clock and the random bytes. MAC and machine-id follow from the id. */
export function restoredParams(id: string, epoch: number, fresh: boolean): Params<'restored'> {
  const digest = createHash('sha256').update(`underhood machine ${id}`).digest('hex');
  return {
    epoch,
    unixMs: Date.now(),
    entropy: randomBytes(64).toString('base64'),
    hostname: hostnameOf(id),
    machineId: digest.slice(0, 32),
    // 02: locally administered, unicast (IEEE 802, section 8.4)
    mac: `02:${(digest.slice(32, 42).match(/../g) ?? []).join(':')}`,
    fresh,
  };
}
