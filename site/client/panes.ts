// Which terminals are seen: one, or two beside or above each other. Pure: the machine's half draws what this says.

/** `row`: side by side; `column`: one above the other. */
export type Split = 'row' | 'column';

export type Panes = {
  readonly split: Split | undefined;
  /** terminals in sight, in their order; at most one while nothing is split, else two */
  readonly shown: readonly number[];
  /** the one that commands of the text are typed into */
  readonly current: number | undefined;
};

export const NO_PANES: Panes = { split: undefined, shown: [], current: undefined };

/** Brings a terminal into sight: where it is already, in an empty place, or in the place of the current one. */
export function choose(panes: Panes, id: number): Panes {
  if (panes.shown.includes(id)) return { ...panes, current: id };
  const places = panes.split === undefined ? 1 : 2;
  if (panes.shown.length < places) return { ...panes, shown: [...panes.shown, id], current: id };
  const at = Math.max(0, panes.shown.indexOf(panes.current ?? 0));
  return { ...panes, shown: panes.shown.map((each, place) => (place === at ? id : each)), current: id };
}

/**
 * Splits, turns a split, or ends it where it is there already. The second place takes a terminal that is not in sight;
 * where there is none it stays empty for the next one opened.
 */
export function divide(panes: Panes, split: Split, ids: readonly number[]): Panes {
  if (panes.split === split) return { ...panes, split: undefined, shown: only(panes.current) };
  if (panes.split !== undefined) return { ...panes, split };
  const other = ids.find((id) => !panes.shown.includes(id));
  return { ...panes, split, shown: other === undefined ? panes.shown : [...panes.shown, other] };
}

/** Without a second terminal there is no split; the place of the last one goes to another. */
export function forget(panes: Panes, id: number, rest: readonly number[]): Panes {
  const shown = panes.shown.filter((each) => each !== id);
  const spare = rest.filter((each) => !shown.includes(each)).at(-1);
  if (shown.length < panes.shown.length && shown.length === 0 && spare !== undefined) shown.push(spare);
  const current = shown.includes(panes.current ?? 0) ? panes.current : shown.at(-1);
  return { split: shown.length === 2 ? panes.split : undefined, shown, current };
}

function only(id: number | undefined): readonly number[] {
  return id === undefined ? [] : [id];
}
