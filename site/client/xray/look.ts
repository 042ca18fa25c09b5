// What every view of the X-ray is: a pure drawing of a moment and how it came about, and the same told in words.
import type { VNode } from 'preact';
import type { XrayState, XrayView } from '../../../sandbox/protocol/xray.ts';
import type { Moment } from './history.ts';
import type { NetworkParts, Placed } from './network-places.ts';
import type { XrayText } from './text/text.ts';

export type Look<V extends XrayView> = {
  /** the moment that is shown, and those before it, oldest first; never empty */
  readonly past: readonly Moment<XrayState<V>>[];
  /** room there is, px */
  readonly width: number;
  /** room before one has to scroll, px: what can be lower or higher uses it, what cannot is as high as it is */
  readonly height: number;
  readonly text: XrayText;
  /** parts that a lesson speaks of just now, by their names (labs/README.md) */
  readonly lit: ReadonlySet<string>;
  /** where the parts of the network stand; undefined while that is not known */
  readonly places: (parts: NetworkParts) => Placed | undefined;
};

/** A picture in words, for who does not see it. */
export type Telling = {
  readonly summary: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
};

export type View<V extends XrayView> = {
  draw(look: Look<V>): VNode;
  tell(look: Look<V>): Telling;
};

export function now<V extends XrayView>(look: Look<V>): XrayState<V> {
  const last = look.past.at(-1);
  if (last === undefined) throw new Error('nothing to look at');
  return last.state;
}

/** The youngest moment at least `ms` older than the one shown, or the oldest there is: to see what changed since. */
export function before<V extends XrayView>(look: Look<V>, ms: number): Moment<XrayState<V>> | undefined {
  const last = look.past.at(-1);
  if (last === undefined || look.past.length < 2) return undefined;
  return look.past.findLast(({ at }) => at <= last.at - ms) ?? look.past[0];
}
