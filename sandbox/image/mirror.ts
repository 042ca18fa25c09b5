// Where the guest's packages come from: the mirror this host's own apt uses, so that a closed network needs no setting.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The first Debian archive named in apt's sources (deb822 or one-line), or undefined: then mmdebstrap's default is used.
 * Security archives are passed over: they do not hold a whole suite. */
export function mirrorIn(text: string): string | undefined {
  const deb822 = [...text.matchAll(/^URIs:\s*(.+)$/gim)].flatMap((match) => (match[1] ?? '').trim().split(/\s+/));
  const oneLine = [...text.matchAll(/^deb\s+(?:\[[^\]]*\]\s+)?(\S+)/gm)].map((match) => match[1] ?? '');
  return [...deb822, ...oneLine].find((uri) => /^https?:\/\//.test(uri) && !/security/.test(uri));
}

/** The mirror of this host, where the host is Debian; Ubuntu's archive has no trixie. */
export async function hostMirror(root = '/'): Promise<string | undefined> {
  const release = await readFile(join(root, 'etc/os-release'), 'utf8').catch(() => '');
  if (!/^ID="?debian"?$/m.test(release)) return undefined;
  const parts = join(root, 'etc/apt/sources.list.d');
  const names = (await readdir(parts).catch(() => [])).filter((name) => /\.(list|sources)$/.test(name)).sort();
  const files = [join(root, 'etc/apt/sources.list'), ...names.map((name) => join(parts, name))];
  for (const file of files) {
    const mirror = mirrorIn(await readFile(file, 'utf8').catch(() => ''));
    if (mirror !== undefined) return mirror;
  }
  return undefined;
}
