// For which labs machines are kept ready.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sharesOf } from '../../../site/server/warm-plan.ts';

describe('the shares of the warm pool', () => {
  it('go to the one lab that everybody comes for', () => {
    expect([...sharesOf(['load', 'load', 'load'], 4)]).toEqual([['load', 4]]);
  });

  it('follow the claims where people are spread over labs', () => {
    expect([...sharesOf(['load', 'load', 'load', 'zombies'], 4)]).toEqual([
      ['zombies', 1],
      ['load', 3],
    ]);
  });

  it('give a single machine to the lab asked for most, of equals to the latest', () => {
    expect([...sharesOf(['load', 'zombies', 'zombies'], 1)]).toEqual([['zombies', 1]]);
    expect([...sharesOf(['load', 'zombies'], 1)]).toEqual([['zombies', 1]]);
  });

  it('never add up to more or less than there is', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 8 }),
        fc.nat({ max: 16 }),
        (claims, total) => {
          const shares = [...sharesOf(claims, total).values()];
          expect(shares.reduce((sum, share) => sum + share, 0)).toBe(total);
          expect(shares.every((share) => share > 0)).toBe(true);
        },
      ),
    );
  });
});
