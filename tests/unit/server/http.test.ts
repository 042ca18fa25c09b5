// The HTTP side: names and sites that are served, headers, languages, learners, what fails.
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiError } from '../../../site/api/labs.ts';
import { edgeOf } from '../../../site/server/http/edge.ts';
import { localeOf } from '../../../site/server/http/locale.ts';
import { Learner } from '../../fixtures/learner.ts';
import { FIXTURE_LAB, TestServer } from '../../fixtures/server.ts';

let server: TestServer;
let siteDir: string;

const INLINE = "document.documentElement.dataset.theme = 'dark'";

beforeAll(async () => {
  siteDir = await mkdtemp(join(tmpdir(), 'underhood-site-'));
  for (const locale of ['ko', 'en']) {
    await mkdir(join(siteDir, locale, 'labs'), { recursive: true });
    await writeFile(join(siteDir, locale, 'index.html'), `<!doctype html><script>${INLINE}</script><p>home ${locale}`);
    await writeFile(join(siteDir, locale, '404.html'), `<!doctype html><p>nothing here ${locale}`);
  }
  await mkdir(join(siteDir, '_astro'));
  await writeFile(join(siteDir, '_astro', 'page.Ab12.js'), 'export {}');
  const long = `<!doctype html>${'<p>much to say'.repeat(500)}`;
  const page = join(siteDir, 'en', 'labs', 'index.html');
  await writeFile(page, long);
  await writeFile(`${page}.gz`, gzipSync(long));
  await writeFile(`${page}.br`, brotliCompressSync(long));
  server = await TestServer.start({ siteDir });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(siteDir, { recursive: true, force: true });
});

type Answer = { status: number; headers: Record<string, string | string[] | undefined>; body: string };

/** Unlike fetch this lets a test set Host and Origin as it likes. */
function ask(path: string, headers: Record<string, string> = {}, method = 'GET', body?: string): Promise<Answer> {
  const { port } = new URL(server.origin);
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString(),
        }),
      );
    });
    request.on('error', reject);
    request.end(body);
  });
}

const code = (answer: Answer): string => ApiError.parse(JSON.parse(answer.body)).code;

describe('the edge', () => {
  it('answers under its own name only', async () => {
    const answer = await ask('/api/health', { host: 'evil.example' });
    expect(answer.status).toBe(421);
    expect(code(answer)).toBe('wrong-host');
    expect((await ask('/ko/', { host: `evil.example:${new URL(server.origin).port}` })).status).toBe(421);
  });

  it('sends localhost to the one name, with the path kept', async () => {
    const { port } = new URL(server.origin);
    const answer = await ask('/en/?a=1', { host: `localhost:${port}` });
    expect(answer.status).toBe(308);
    expect(answer.headers['location']).toBe(`${server.origin}/en/?a=1`);
  });

  it.each([
    ['a claim from another site', '/api/labs/first-steps/session', 'POST', { origin: 'http://evil.example' }],
    ['a claim that does not say where it comes from', '/api/labs/first-steps/session', 'POST', {}],
    ['a claim from a sandboxed frame', '/api/labs/first-steps/session', 'POST', { origin: 'null' }],
    ['a read from another site', '/api/progress', 'GET', { origin: 'http://evil.example' }],
    ['a read that the browser marks as cross-site', '/api/progress', 'GET', { 'sec-fetch-site': 'cross-site' }],
    ['a claim from another port', '/api/labs/first-steps/session', 'POST', { origin: 'http://127.0.0.1:1' }],
    ['a claim from the same name over https', '/api/labs/first-steps/session', 'POST', { origin: 'https://127.0.0.1' }],
  ])('refuses %s', async (_what, path, method, headers) => {
    const answer = await ask(path, headers, method);
    expect(answer.status).toBe(403);
    expect(code(answer)).toBe('wrong-origin');
  });

  it('lets a link from another site lead to a page', async () => {
    expect((await ask('/en/', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' })).status).toBe(200);
  });

  it('allows the site’s own inline scripts by hash and nothing else', async () => {
    const { headers } = await ask('/en/');
    const policy = String(headers['content-security-policy']);
    const scripts = /script-src ([^;]*)/.exec(policy)?.[1] ?? '';
    expect(scripts).toMatch(/^'self' 'sha256-[A-Za-z0-9+/]{43}='$/);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("base-uri 'none'");
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['cross-origin-opener-policy']).toBe('same-origin');
    expect(headers['referrer-policy']).toBe('same-origin');
  });

  it('keeps the same headers on refusals', async () => {
    const { headers } = await ask('/api/nothing');
    expect(headers['content-security-policy']).toContain("default-src 'none'");
  });

  it('knows the name given for it behind a proxy', () => {
    const edge = edgeOf('https://course.example', '127.0.0.1', 8080);
    expect(edge.origin).toBe('https://course.example');
    expect([...edge.hosts]).toEqual(['course.example', '127.0.0.1:8080']);
    expect([...edge.aliases]).toEqual([]);
  });
});

describe('the site', () => {
  it('speaks the reader’s language at the root', async () => {
    const at = async (headers: Record<string, string>) => (await ask('/', headers)).headers['location'];
    expect(await at({ 'accept-language': 'ko-KR,ko;q=0.9,en;q=0.8' })).toBe('/ko/');
    expect(await at({ 'accept-language': 'de,en;q=0.5,ko;q=0.1' })).toBe('/en/');
    expect(await at({ 'accept-language': 'en', cookie: 'underhood-locale=ko' })).toBe('/ko/');
    const [, choice] = (await ask('/ko/')).headers['set-cookie'] ?? [];
    expect(await at({ 'accept-language': 'en', cookie: choice?.split(';')[0] ?? '' })).toBe('/ko/');
    expect(localeOf(undefined, 'fr')).toBe('en');
    expect(localeOf('tlh', undefined)).toBe('en');
  });

  it('keeps what has a hash in its name for ever, and pages not at all', async () => {
    expect((await ask('/_astro/page.Ab12.js')).headers['cache-control']).toContain('immutable');
    expect((await ask('/en/')).headers['cache-control']).toBe('no-cache');
  });

  it('is sent as small as the browser takes it, and whole to whoever takes nothing', async () => {
    const length = async (encoding: string): Promise<[unknown, number]> => {
      const { headers } = await ask('/en/labs/', { 'accept-encoding': encoding });
      return [headers['content-encoding'], Number(headers['content-length'])];
    };
    const [whole, small, smallest] = [await length('identity'), await length('gzip'), await length('gzip, br')];
    expect([whole[0], small[0], smallest[0]]).toEqual([undefined, 'gzip', 'br']);
    expect(smallest[1]).toBeLessThan(small[1]);
    expect(small[1]).toBeLessThan(whole[1] / 10);
  });

  it('tells where a page is in the other language, by its full address', async () => {
    const { origin } = server.server;
    expect((await ask('/en/labs/?x')).headers['link']).toBe(
      `<${origin}/ko/labs/>; rel="alternate"; hreflang="ko", <${origin}/en/labs/>; rel="alternate"; hreflang="en"`,
    );
    expect((await ask('/en/labs/nothing/')).headers['link']).toBeUndefined();
  });

  it('has its own page for what is not there, in the language of the address', async () => {
    const answer = await ask('/ko/labs/nothing/');
    expect(answer.status).toBe(404);
    expect(answer.body).toContain('nothing here ko');
  });

  it('does not leave its folder', async () => {
    for (const path of ['/../package.json', '/%2e%2e/package.json', '/en/..%2f..%2f..%2fetc%2fpasswd']) {
      const answer = await ask(path);
      expect(answer.status, path).toBeGreaterThanOrEqual(400);
    }
  });

  it('makes one learner of a page and the calls it makes side by side', async () => {
    const page = await ask('/en/');
    const [line] = page.headers['set-cookie'] ?? [];
    expect(line).toMatch(/^underhood=[A-Za-z0-9_-]{43}; .*HttpOnly; SameSite=Lax$/);
    const cookie = [...(page.headers['set-cookie'] ?? [])].map((one) => one.split(';')[0]).join('; ');
    expect((await ask('/api/progress', { cookie })).headers['set-cookie']).toBeUndefined();
    expect((await ask('/en/', { cookie })).headers['set-cookie']).toBeUndefined();
  });
});

describe('the API', () => {
  it('says of a lab that is not there that it is not, in both languages', async () => {
    const answer = await ask('/api/labs/nothing');
    expect(answer.status).toBe(404);
    expect(ApiError.parse(JSON.parse(answer.body))).toMatchObject({ code: 'unknown-lab' });
    expect(code(await ask('/api/nothing'))).toBe('not-found');
  });

  it('takes no body that is too large, and none that is no JSON', async () => {
    const headers = { origin: server.origin, 'content-type': 'application/json' };
    const large = await ask('/api/labs/first-steps/session', headers, 'POST', `"${'x'.repeat(70_000)}"`);
    expect([large.status, code(large)]).toEqual([413, 'too-large']);
    const broken = await ask('/api/labs/first-steps/session', headers, 'POST', '{');
    expect([broken.status, code(broken)]).toEqual([400, 'bad-request']);
  });

  it('accepts a claim without a body, as browsers send it', async () => {
    const answer = await ask('/api/labs/first-steps/session', { origin: server.origin }, 'POST');
    expect(answer.status).toBe(200);
  });

  it('gives every learner variables of their own, and the same ones again', async () => {
    await using one = await Learner.arrive(server.origin);
    await using other = await Learner.arrive(server.origin);
    const first = (await one.progress(FIXTURE_LAB)).variables;
    expect((await one.progress(FIXTURE_LAB)).variables).toEqual(first);
    expect((await other.progress(FIXTURE_LAB)).variables['token']).not.toBe(first['token']);
  });

  it('never hands out hints, solutions or right answers with the progress', async () => {
    const { body } = await ask(`/api/labs/${FIXTURE_LAB}`);
    for (const secret of ['echo yes', 'The right one', '"seed"', 'right":true']) expect(body).not.toContain(secret);
  });

  it('tells how it is', async () => {
    expect(JSON.parse((await ask('/api/health')).body)).toMatchObject({ status: 'ok' });
  });
});
