// What every view of the X-ray is made of: it looks when asked, and ends when nobody watches.
import type { XrayRequest, XrayState, XrayView } from '../../protocol/xray.ts';
import type { Ground } from './ground.ts';

export type Cut = { readonly list: string; readonly shown: number; readonly total: number };

export type Sight<V extends XrayView = XrayView> = { readonly state: XrayState<V>; readonly truncated: readonly Cut[] };

export type View<V extends XrayView = XrayView> = {
  /**
   * Reads the kernel now; undefined while it is still gathering. What it throws is told as `unavailable`.
   * `room`, 0 to 1: the part of their usual length that lists may have, where a message would be too large otherwise.
   */
  look(request: XrayRequest, room: number): Sight<V> | undefined;
  /**
   * A view that has this is read again only after something has run in the machine, or this is another text: it says what the view heard of by itself. One
   * without it changes all the time, and is read at every look.
   */
  heard?(): string;
  /** Whether the last look saw something that cannot last, though nothing else should happen. */
  passing?(): boolean;
  close?(): void;
  /** processes that work for this view, so that their CPU time counts as its cost */
  pids?(): readonly (number | undefined)[];
};

/** Thrown by a view where the machine has no such thing. */
export class NotSupported extends Error {}

/** `stir` is called by a view that is still gathering, or heard of something: it is worth a look now. */
export type Opener<V extends XrayView = XrayView> = (ground: Ground, stir: () => void) => View<V>;

/** How long a list of usually `max` may be. */
export const within = (max: number, room: number): number => Math.max(1, Math.floor(max * room));

/** The first `max` of `items`, and a note where that is not all. */
export function bounded<T>(notes: Cut[], name: string, items: readonly T[], max: number, total = items.length): T[] {
  const shown = items.slice(0, max);
  if (total > shown.length) notes.push({ list: name, shown: shown.length, total });
  return shown;
}
