// Which views there are and how they are asked for: all of the X-ray's contract that agent and server need before anything is seen.
import * as z from 'zod/mini';
import { Path, list } from './parts.ts';

/** Of everything below and in xray/: raised with every change that an old recording or reader would not understand. */
export const XRAY_VERSION = 3;

/** One frame of the wire (../wire.ts), with room for its envelope. */
export const MAX_XRAY_BYTES = 60 * 1024;

/** The names lessons use in `:::xray NAME`. */
export const XRAY_VIEWS = [
  'run-queue',
  'vmstat',
  'process-tree',
  'namespaces',
  'cgroups',
  'runtime-chain',
  'overlay',
  'network-path',
] as const;
export const XrayView = z.enum(XRAY_VIEWS);
export type XrayView = z.infer<typeof XrayView>;

/** What to look at. A session has at most one of each view, shared by all its pages. */
export const XrayRequest = z.strictObject({
  view: XrayView,
  /** samples a second */
  rateHz: z.number().check(z.gte(0.5), z.lte(2)),
  /** overlay: paths whose layer is asked for, as the learner would name them; empty for other views */
  paths: list(Path, 4),
});
export type XrayRequest = z.infer<typeof XrayRequest>;
