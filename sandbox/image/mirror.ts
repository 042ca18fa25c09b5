// Where the guest's packages come from: the mirror this host's own apt uses, so that a closed network needs no setting.
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

export type AptSource = {
  readonly uri: string;
  readonly suites: readonly string[];
  readonly components: readonly string[];
};

/** The binary-package archives named in a one-line (`*.list`) file of apt (sources.list(5)). */
export function oneLineSources(text: string): readonly AptSource[] {
  return text.split('\n').flatMap((line) => {
    const match = /^\s*deb\s+(?:\[[^\]]*\]\s*)?(\S+)\s+(\S+)\s*([^#]*)/.exec(line);
    if (match === null) return [];
    const [, uri = '', suite = '', components = ''] = match;
    return [{ uri, suites: [suite], components: words(components) }];
  });
}

/** The same of a deb822 (`*.sources`) file; stanzas that are switched off or only name sources are left out. */
export function deb822Sources(text: string): readonly AptSource[] {
  const stanzas = text
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n')
    .split(/\n\s*\n/);
  return stanzas.flatMap((stanza) => {
    const fields = new Map<string, string>();
    // A line that begins with a space continues the field before it.
    for (const line of stanza.replace(/\n[ \t]+/g, ' ').split('\n')) {
      const match = /^([\w-]+):\s*(.*)$/.exec(line);
      if (match !== null) fields.set((match[1] ?? '').toLowerCase(), match[2] ?? '');
    }
    const all = (name: string): readonly string[] => words(fields.get(name) ?? '');
    if (/^(no|false|off|0|disable)$/i.test(fields.get('enabled')?.trim() ?? '') || !all('types').includes('deb')) {
      return [];
    }
    return all('uris').map((uri) => ({ uri, suites: all('suites'), components: all('components') }));
  });
}

/** The archive that holds the host's own release, so no third party's and not the one with security updates only. */
export function releaseArchive(sources: readonly AptSource[], codename: string): string | undefined {
  return sources.find(
    ({ uri, suites, components }) =>
      /^(https?|mirror\+file|mirror\+https?):/.test(uri) &&
      components.includes('main') &&
      suites.some((suite) => suite === codename || suite === 'stable' || suite === 'testing' || suite === 'sid'),
  )?.uri;
}

/** The mirror of this host, where the host is Debian; otherwise undefined: Ubuntu's archive has no trixie, and
 * mmdebstrap knows one that has. `root` is the host's `/`. */
export async function hostMirror(root = '/'): Promise<string | undefined> {
  const release = await readFile(join(root, 'etc/os-release'), 'utf8').catch(() => '');
  const codename = /^VERSION_CODENAME="?([a-z]+)"?$/m.exec(release)?.[1];
  if (!/^ID="?debian"?$/m.test(release) || codename === undefined) return undefined;
  const parts = join(root, 'etc/apt/sources.list.d');
  const names = (await readdir(parts).catch(() => [])).sort().map((name) => join(parts, name));
  const sources: AptSource[] = [];
  for (const file of [join(root, 'etc/apt/sources.list'), ...names]) {
    const text = await readFile(file, 'utf8').catch(() => '');
    if (file.endsWith('.list')) sources.push(...oneLineSources(text));
    else if (file.endsWith('.sources')) sources.push(...deb822Sources(text));
  }
  const uri = releaseArchive(sources, codename);
  if (uri === undefined || uri.startsWith('http')) return uri;
  // Cloud images of Debian name a file with a list of mirrors (apt-transport-mirror(1)).
  if (!uri.startsWith('mirror+file:')) return undefined;
  const list = await readFile(join(root, uri.slice('mirror+file:'.length)), 'utf8').catch(() => '');
  return /^\s*(https?:\/\/\S+)/m.exec(list)?.[1];
}

/** The host's proxy settings, in the form mmdebstrap's --aptopt takes; apt in the guest's tree does not read the host's files. */
export async function hostProxies(): Promise<readonly string[]> {
  const { stdout } = await promisify(execFile)('apt-config', ['dump']).catch(() => ({ stdout: '' }));
  return proxiesIn(stdout);
}

export function proxiesIn(dump: string): readonly string[] {
  return dump.split('\n').filter((line) => /^Acquire::https?::Proxy(::[^ "]+)? "[^"]+";$/i.test(line));
}

function words(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}
