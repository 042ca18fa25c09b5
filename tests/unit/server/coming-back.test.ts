// Going on in another browser with a recovery code: whose it is, how long it counts, and what must not work.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CameBack, KeepView, NewCode } from '../../../site/api/coming-back.ts';
import { LabProgress } from '../../../site/api/labs.ts';
import { readCode } from '../../../site/server/models/recovery-codes.ts';
import { FIXTURE_LAB, TestServer } from '../../fixtures/server.ts';

let server: TestServer;
let clockMs = Date.now();

beforeAll(async () => {
  server = await TestServer.start({ now: () => clockMs });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

/** A browser of its own: nothing but a cookie. */
class Browser {
  cookie = '';

  async ask(path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
    const post = body !== undefined;
    const answer = await fetch(server.origin + path, {
      method: post ? 'POST' : 'GET',
      headers: {
        ...(this.cookie === '' ? {} : { cookie: this.cookie }),
        ...(post ? { origin: server.origin, 'content-type': 'application/json' } : {}),
        ...headers,
      },
      ...(post ? { body: JSON.stringify(body) } : {}),
    });
    const [given] = answer.headers.getSetCookie();
    if (given !== undefined) this.cookie = given.split(';')[0] ?? '';
    return answer;
  }

  async seed(): Promise<unknown> {
    return LabProgress.parse(await (await this.ask(`/api/labs/${FIXTURE_LAB}`)).json()).variables;
  }

  async makeCode(): Promise<string> {
    return NewCode.parse(await (await this.ask('/api/recovery-code', {})).json()).code;
  }
}

describe('a recovery code', () => {
  it('makes another browser the same learner, however it is typed, and leaves the first one in', async () => {
    const first = new Browser();
    await first.seed();
    expect(KeepView.parse(await (await first.ask('/api/recovery-code')).json()).madeAt).toBeNull();
    const code = await first.makeCode();
    const session = await (await first.ask(`/api/labs/${FIXTURE_LAB}/session`, {})).json();

    const other = new Browser();
    await other.seed();
    const answer = await other.ask('/api/come-back', {
      code: code.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o'),
    });
    expect(CameBack.parse(await answer.json()).labs).toEqual([FIXTURE_LAB]);
    expect(answer.headers.getSetCookie()[0]).toMatch(/HttpOnly.*SameSite=Lax|SameSite=Lax.*HttpOnly/);
    expect(await (await other.ask(`/api/labs/${FIXTURE_LAB}/session`, {})).json()).toEqual(session);
    expect(await (await first.ask(`/api/labs/${FIXTURE_LAB}/session`, {})).json()).toEqual(session);
    expect(KeepView.parse(await (await other.ask('/api/recovery-code')).json()).madeAt).toBe(clockMs);
  });

  it('is worth nothing once there is a newer one', async () => {
    const browser = new Browser();
    await browser.seed();
    const old = await browser.makeCode();
    const fresh = await browser.makeCode();
    const other = new Browser();
    expect((await other.ask('/api/come-back', { code: old })).status).toBe(404);
    expect(other.cookie).toBe('');
    expect((await other.ask('/api/come-back', { code: fresh })).status).toBe(200);
  });

  it('is not in the database as it is', async () => {
    const browser = new Browser();
    await browser.seed();
    const code = await browser.makeCode();
    const files = ['underhood.sqlite', 'underhood.sqlite-wal'].map((name) =>
      readFile(join(server.dataDir, name), 'latin1'),
    );
    const kept = (await Promise.all(files)).join('');
    expect(kept).not.toContain(code);
    expect(kept).not.toContain(code.replaceAll('-', ''));
  });

  it('does nothing by a GET, nor when another site sends it', async () => {
    const browser = new Browser();
    await browser.seed();
    const code = await browser.makeCode();
    const other = new Browser();
    expect((await other.ask(`/api/come-back?code=${code}`)).status).toBe(404);
    expect((await other.ask('/api/come-back', { code }, { origin: 'http://example.org' })).status).toBe(403);
    expect(other.cookie).toBe('');
  });

  it('cannot be guessed at for long', async () => {
    const browser = new Browser();
    const statuses = new Set<number>();
    for (let n = 0; n < 80; n++)
      statuses.add((await browser.ask('/api/come-back', { code: 'AAAA-AAAA-AAAA-AAAA' })).status);
    expect(statuses).toEqual(new Set([404, 429]));
    clockMs += 61_000;
    expect((await browser.ask('/api/come-back', { code: 'AAAA-AAAA-AAAA-AAAA' })).status).toBe(404);
    expect((await browser.ask('/api/come-back', { code: 7 })).status).toBe(400);
  });

  it('is read with the usual mix-ups, and nothing else is read as one', () => {
    expect(readCode(' 0123-4567–89ab cdef ')).toBe('0123456789ABCDEF');
    expect(readCode('OIL3-4567-89AB-CDEF')).toBe('0113456789ABCDEF');
    for (const typed of ['', '0123', 'U123-4567-89AB-CDEF', '0123-4567-89AB-CDEF-0', "'; drop table learners"]) {
      expect(readCode(typed)).toBeUndefined();
    }
  });
});
