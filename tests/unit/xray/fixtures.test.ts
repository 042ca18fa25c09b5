// Samples recorded on a real machine are what the contract says, so that whoever draws from them draws the truth.
import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { XRAY_VIEWS, XrayStateMessage } from '../../../sandbox/protocol/xray.ts';

const FOLDER = new URL('../../fixtures/xray/', import.meta.url);
const names = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));

describe('recorded samples', () => {
  it('are there for every view', () => {
    expect(XRAY_VIEWS.filter((view) => !names.some((name) => name.startsWith(view)))).toEqual([]);
  });

  it.each(names)('fit the contract: %s', (name) => {
    const parsed = XrayStateMessage.safeParse(JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')));
    expect(parsed.error).toBeUndefined();
    expect(name).toMatch(new RegExp(`^${parsed.data?.view ?? '?'}(\\.|-)`));
  });
});
