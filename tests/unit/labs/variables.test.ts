// Variables drawn from a seed.
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { VariableSpecs } from '../../../labs/schema/variables.ts';
import { drawVariables, pageVariables, variableEnvironment, variableLines } from '../../../labs/variables.ts';

const SPECS: VariableSpecs = {
  loops: { range: [3, 5] },
  port: { pick: [8080, 8081, 9000] },
  guilty: { name: 'program' },
  innocent: { name: 'program', not: ['guilty'] },
};

describe('a learner’s variables', () => {
  it('are the same for the same seed, for ever', () => {
    expect(drawVariables(SPECS, 'seed-1')).toEqual(drawVariables(SPECS, 'seed-1'));
    expect(drawVariables(SPECS, 'a fixed seed')).toMatchInlineSnapshot(`
      {
        "guilty": "larchpostd",
        "innocent": "krillfeedd",
        "loops": 5,
        "port": 8080,
      }
    `);
  });

  it('stay within what is declared, and names that must differ do', () => {
    fc.assert(
      fc.property(fc.string(), (seed) => {
        const drawn = drawVariables(SPECS, seed);
        expect([3, 4, 5]).toContain(drawn['loops']);
        expect([8080, 8081, 9000]).toContain(drawn['port']);
        // the kernel keeps 15 characters of a program's name
        expect(String(drawn['guilty'])).toMatch(/^[a-z]{5,15}$/);
        expect(drawn['guilty']).not.toBe(drawn['innocent']);
      }),
      { numRuns: 200 },
    );
  });

  it('reach every value', () => {
    const seen = new Set(Array.from({ length: 100 }, (_, index) => drawVariables(SPECS, `seed ${index}`)['loops']));
    expect([...seen].sort()).toEqual([3, 4, 5]);
  });

  it('do not change when another variable is added', () => {
    const more = drawVariables({ extra: { range: [1, 9] }, ...SPECS }, 'seed-1');
    expect(more).toMatchObject(drawVariables(SPECS, 'seed-1'));
  });

  it('are upper case in a script and carry their particles to the page', () => {
    expect(variableEnvironment({ loops: 4 })).toEqual({ UH_LOOPS: '4' });
    expect(pageVariables({ loops: 3 })).toMatchObject({ loops: 3, 'loops|은/는': '은', 'loops|으로/로': '으로' });
  });

  it('reach a program of the lab as a file that the shell reads back, whatever a value holds', () => {
    const values = { loops: 4, word: "it's $HOME `id`" };
    const read = execFileSync('bash', ['-c', 'eval "$(cat)"; printf "%s|%s" "$UH_LOOPS" "$UH_WORD"'], {
      input: variableLines(values),
      encoding: 'utf8',
    });
    expect(read).toBe("4|it's $HOME `id`");
  });
});
