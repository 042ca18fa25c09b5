import type { XrayState, XrayView } from '../../../sandbox/protocol/xray.ts';
import type { Moment } from '../../client/xray/history.ts';
type Samples = {
  readonly [V in XrayView]: readonly Moment<XrayState<V>>[];
};
export declare const SAMPLES: Samples;
export {};
