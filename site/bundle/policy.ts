// The hashes of the inline scripts in the built pages, for the server's content security policy.
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const SCRIPT = /<script\b([^>]*)>([\s\S]*?)<\/script>/g;

/** `'sha256-…'` sources of every inline script that a browser would run; JSON blocks are data and need none. */
export function scriptHashes(html: string): string[] {
  const hashes: string[] = [];
  for (const [, attributes = '', body = ''] of html.matchAll(SCRIPT)) {
    const type = /\btype="([^"]*)"/.exec(attributes)?.[1] ?? 'text/javascript';
    if (/\bsrc=/.test(attributes) || !(type === 'module' || type.includes('javascript'))) continue;
    hashes.push(`'sha256-${createHash('sha256').update(body).digest('base64')}'`);
  }
  return hashes;
}

export async function hashesBelow(folder: string): Promise<string[]> {
  const found = new Set<string>();
  for (const entry of await readdir(folder, { recursive: true })) {
    if (!entry.endsWith('.html')) continue;
    for (const hash of scriptHashes(await readFile(join(folder, entry), 'utf8'))) found.add(hash);
  }
  return [...found].sort();
}
