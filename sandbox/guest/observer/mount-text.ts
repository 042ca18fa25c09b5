// Parsers of mountinfo(5) for overlay mounts. Pure.

export type OverlayLine = {
  readonly id: number;
  readonly mountPoint: string;
  readonly lower: readonly string[];
  readonly upper: string | undefined;
  readonly work: string | undefined;
};

/** mountinfo(5) writes space, tab, newline and backslash as three octal digits. */
const unescape = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));

/** The overlay mounts of a mountinfo, in order. Of many, the last ones: those are the newest. */
export function parseOverlays(mountinfo: string, max: number): OverlayLine[] {
  const found: OverlayLine[] = [];
  for (const line of mountinfo.split('\n')) {
    const [front = '', back = ''] = line.split(' - ');
    const [type, , ...rest] = back.split(' ');
    if (type !== 'overlay') continue;
    const fields = front.split(' ');
    const options = splitOptions(rest.join(' '));
    const option = (name: string): string | undefined =>
      options.find((one) => one.startsWith(`${name}=`))?.slice(name.length + 1);
    // newer kernels may list each lower layer as an option of its own
    const lower = options.flatMap((one) => {
      if (one.startsWith('lowerdir+=')) return [unescape(one.slice(10))];
      return one.startsWith('lowerdir=') ? splitPaths(one.slice(9)) : [];
    });
    found.push({
      id: Number(fields[0]) || 0,
      mountPoint: unescape(fields[4] ?? ''),
      lower,
      upper: map(option('upperdir')),
      work: map(option('workdir')),
    });
  }
  return found.slice(-max);
}

const map = (value: string | undefined): string | undefined => (value === undefined ? undefined : unescape(value));

/** Options are separated by commas; a comma in a path has a backslash before it. */
const splitOptions = (text: string): string[] => text.split(/(?<!\\),/);

/** Lower layers are separated by colons, data-only ones by two; a colon in a path has a backslash before it. */
const splitPaths = (text: string): string[] =>
  text
    .split(/(?<!\\):+/)
    .filter((path) => path !== '')
    .map((path) => unescape(path).replaceAll('\\:', ':'));
