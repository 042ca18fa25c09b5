// X-ray: what an observer in the guest sees of its kernel, as one message per view and moment. Documented and versioned,
// because recordings and the instructor's board show these messages later.
//
//   browser --watch--> server --xray.watch--> agent: looks at one view, 0.5 to 2 times a second
//   agent --XrayMessage--> session (parses, keeps the newest) --> every browser that watches the view
//
// A message holds the whole state, not a difference: it is at most MAX_XRAY_BYTES and usually some 2 to 15 kB, a slow browser
// may be handed the newest and skip others, a scrubber may jump anywhere, and nothing can drift apart. What would be the
// same state again is sent as `same`, a few dozen bytes, and not at every look. In a machine in which nothing runs nothing is looked at and nothing sent (`restMs`), and
// nothing ever that nobody watches.
import * as z from 'zod/mini';
import { Cgroups } from './xray/cgroups.ts';
import { Namespaces } from './xray/namespaces.ts';
import { NetworkPath } from './xray/network-path.ts';
import { Overlay } from './xray/overlay.ts';
import { amount, count, list, text } from './xray/parts.ts';
import { ProcessTree } from './xray/process-tree.ts';
import { XRAY_VERSION, XrayView } from './xray/request.ts';
import { RunQueue } from './xray/run-queue.ts';
import { RuntimeChain } from './xray/runtime-chain.ts';
import { VmStat } from './xray/vmstat.ts';

export { MAX_XRAY_BYTES, XRAY_VERSION, XRAY_VIEWS, XrayRequest, XrayView } from './xray/request.ts';

/** State of a view by its name. */
export const XrayStates = {
  'run-queue': RunQueue,
  vmstat: VmStat,
  'process-tree': ProcessTree,
  namespaces: Namespaces,
  cgroups: Cgroups,
  'runtime-chain': RuntimeChain,
  overlay: Overlay,
  'network-path': NetworkPath,
} as const satisfies Record<XrayView, z.core.SomeType>;
export type XrayState<V extends XrayView = XrayView> = z.infer<(typeof XrayStates)[V]>;

/** Lists that had to be cut: which (its field name), how long it is, how long it would be. */
const Truncated = list(z.strictObject({ list: text(32), shown: count, total: count }), 8);

const head = {
  version: z.literal(XRAY_VERSION),
  /** counts the samples of this subscription from 1; a gap means that newer ones overtook older ones, or that nothing had changed */
  sample: z.int().check(z.gte(1)),
  /** when it was taken: the guest's clock, Unix ms */
  atMs: count,
  /** time between samples at present. Longer than asked for where looking would cost too much. */
  periodMs: amount,
  /** nothing runs in the machine: what was said stands until something does, and is looked at again after this at the latest. 0: looked at every `periodMs` */
  restMs: amount,
  /** what looking at this view costs: CPU time of observer and helpers over the last 10 s or two looks, in percent of one guest CPU */
  costPercent: amount,
};

const stateOf = <V extends XrayView>(view: V) =>
  z.strictObject({
    ...head,
    kind: z.literal('state'),
    view: z.literal(view),
    state: XrayStates[view],
    truncated: Truncated,
  });

export const XrayStateMessage = z.discriminatedUnion('view', [
  stateOf('run-queue'),
  stateOf('vmstat'),
  stateOf('process-tree'),
  stateOf('namespaces'),
  stateOf('cgroups'),
  stateOf('runtime-chain'),
  stateOf('overlay'),
  stateOf('network-path'),
]);
export type XrayStateMessage = z.infer<typeof XrayStateMessage>;

export const XrayMessage = z.discriminatedUnion('kind', [
  XrayStateMessage,
  /** looked again, and nothing had changed but `uptimeMs`, which went on by as much as `atMs` (and `loadSampleAgeMs` with it) */
  z.strictObject({ ...head, kind: z.literal('same'), view: XrayView }),
  /** cannot be looked at: not-supported (no cgroup v2, no overlay …), failed (the observer met an error; it tries again), asleep
   * (said by the session: the machine is paused, hibernated or does not answer; samples follow when it is back) */
  z.strictObject({
    version: z.literal(XRAY_VERSION),
    kind: z.literal('unavailable'),
    view: XrayView,
    reason: z.enum(['not-supported', 'failed', 'asleep']),
  }),
]);
export type XrayMessage = z.infer<typeof XrayMessage>;
