// The built site as this server needs to know it: the hashes of its inline scripts, its error pages.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { StartError } from '../errors.ts';

export type Site = {
  readonly dir: string;
  readonly scriptHashes: readonly string[];
  /** locale → HTML of the page for what is not there, and for our own failures */
  readonly errorPages: Readonly<Record<'ko' | 'en', { readonly notFound: string; readonly failed: string }>>;
};

/** Without `src`, and no JSON: data is not run and needs no permission. */
const INLINE_SCRIPT = /<script(?![^>]*\s(?:src=|type="?[a-z]+\/(?:ld\+)?json))[^>]*>([\s\S]*?)<\/script>/gi;

/** Reads the site once. Throws StartError where it was not built. */
export function readSite(dir: string): Site {
  if (!existsSync(dir)) throw new StartError('site-missing', dir, 'Run: npm start');
  const hashes = new Set<string>();
  for (const name of readdirSync(dir, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.html')) continue;
    for (const [, script] of readFileSync(join(dir, name), 'utf8').matchAll(INLINE_SCRIPT)) {
      if (script !== undefined && script !== '')
        hashes.add(`sha256-${createHash('sha256').update(script).digest('base64')}`);
    }
  }
  const pages = (locale: 'ko' | 'en'): { notFound: string; failed: string } => ({
    notFound: page(dir, locale, '404'),
    failed: page(dir, locale, '500'),
  });
  return { dir, scriptHashes: [...hashes].sort(), errorPages: { ko: pages('ko'), en: pages('en') } };
}

const PLAIN = {
  ko: { '404': '찾는 페이지가 없습니다.', '500': '서버에서 문제가 생겼습니다. 진도는 저장되어 있습니다.' },
  en: { '404': 'There is no such page.', '500': 'Something went wrong on the server. Your progress is kept.' },
} as const;

/** Where the site has no page of its own, a plain one: an error page must not depend on a successful build. */
function page(dir: string, locale: 'ko' | 'en', status: '404' | '500'): string {
  for (const name of [`${locale}/${status}.html`, `${locale}/${status}/index.html`, `${status}.html`]) {
    const path = join(dir, name);
    if (existsSync(path)) return readFileSync(path, 'utf8');
  }
  const back = locale === 'ko' ? '처음으로' : 'Home';
  return `<!doctype html><html lang="${locale}"><meta charset="utf-8"><title>${status}</title><p>${PLAIN[locale][status]}<p><a href="/${locale}/">${back}</a>`;
}
