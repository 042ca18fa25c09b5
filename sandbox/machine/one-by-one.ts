// Work that would take a host's disk or processors from everybody if many did it at once.

export type OneByOne = <T>(work: () => Promise<T>) => Promise<T>;

/** Runs what it is given one after the other, in the order of asking, whatever became of the one before. */
export function oneByOne(): OneByOne {
  let turn: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = turn.then(work);
    turn = mine.catch(() => undefined);
    return mine;
  };
}
