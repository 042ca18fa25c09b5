// Parts of the desk that need no browser: two terminals in sight, pasting, and how texts are cut up for the search.
import { describe, expect, it } from 'vitest';
import { choose, divide, forget, NO_PANES } from '../../../site/client/panes.ts';
import { asksBeforePaste, cleanPaste } from '../../../site/client/paste.ts';
import { searchWords } from '../../../site/client/search-words.ts';

describe('the terminals in sight', () => {
  const one = choose(NO_PANES, 1);

  it('are one until split; another one chosen takes its place', () => {
    expect(choose(one, 2)).toEqual({ split: undefined, shown: [2], current: 2 });
  });

  it('are two when split, and a third takes the place of the current one', () => {
    const two = divide(one, 'row', [1, 2, 3]);
    expect(two).toEqual({ split: 'row', shown: [1, 2], current: 1 });
    expect(choose(two, 3)).toEqual({ split: 'row', shown: [3, 2], current: 3 });
    expect(choose(two, 2)).toEqual({ split: 'row', shown: [1, 2], current: 2 });
  });

  it('leave a place for the next terminal where there is no second one yet', () => {
    expect(choose(divide(one, 'column', [1]), 7)).toEqual({ split: 'column', shown: [1, 7], current: 7 });
  });

  it('are one again when one of them ends, or when the same split is asked for twice', () => {
    const two = divide(one, 'row', [1, 2]);
    expect(forget(two, 1, [2])).toEqual({ split: undefined, shown: [2], current: 2 });
    expect(divide(two, 'row', [1, 2])).toEqual({ split: undefined, shown: [1], current: 1 });
  });
});

describe('a paste', () => {
  it('carries no escape sequence that could end bracketed paste', () => {
    expect(cleanPaste('a\x1b[201~; rm -rf /\r\nb\tc')).toBe('a[201~; rm -rf /\nb\tc');
  });

  it('is asked about when it has several lines, as the learner wished', () => {
    expect(asksBeforePaste('ls\npwd', 'always', true)).toBe(true);
    expect(asksBeforePaste('ls\npwd', 'unsafe', true)).toBe(false);
    expect(asksBeforePaste('ls\npwd', 'unsafe', false)).toBe(true);
    expect(asksBeforePaste('ls\npwd', 'never', false)).toBe(false);
    expect(asksBeforePaste('ls', 'always', false)).toBe(false);
  });
});

describe('the search', () => {
  it('finds a Korean word behind which a particle stands', () => {
    const text = new Set(searchWords('네임스페이스를 만듭니다'));
    expect(searchWords('네임스페이스').every((pair) => text.has(pair))).toBe(true);
  });

  it('knows a path as a whole and by its parts', () => {
    expect(searchWords('cat /proc/loadavg')).toEqual(
      expect.arrayContaining(['cat', 'proc/loadavg', 'proc', 'loadavg']),
    );
  });
});
