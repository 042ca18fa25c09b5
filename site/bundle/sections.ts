// A lesson's HTML as plain sections, for the search index; and the commands it shows, for the index of commands.

export type Section = { readonly anchor: string; readonly heading: string; readonly text: string };

const ENTITIES: { readonly [name: string]: string } = { amp: '&', lt: '<', gt: '>', quot: '"', nbsp: ' ' };

export function plainText(html: string): string {
  return html
    .replaceAll(/<(script|style|svg|form)\b[\s\S]*?<\/\1>/g, ' ')
    .replaceAll(/<\/(p|li|h\d|td|th|pre|dt|dd|div|section|aside|figcaption)>/g, ' ')
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll(/&#x([\da-f]{1,5});/gi, (_, hex: string) => String.fromCodePoint(parseInt(hex, 16)))
    .replaceAll(/&#(\d{1,6});/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replaceAll(/&(\w+);/g, (whole, name: string) => ENTITIES[name] ?? whole)
    .replaceAll(/\s+/g, ' ')
    .trim();
}

/** What opens only after an answer is left out: a search must not give it away. */
export function sectionsOf(html: string): readonly Section[] {
  const open = withoutAfter(html).replaceAll(/<section class="glossary"[^>]*>[\s\S]*?<\/section>/g, '');
  return open
    .split(/(?=<h2\b)/)
    .map((piece) => {
      const [head, id = '', heading = ''] = /<h2[^>]*\bid="([^"]*)"[^>]*>([\s\S]*?)<\/h2>/.exec(piece) ?? [''];
      return { anchor: id, heading: plainText(heading), text: plainText(piece.replace(head, '')) };
    })
    .filter(({ text }) => text !== '');
}

function withoutAfter(html: string): string {
  let rest = html;
  for (;;) {
    const from = rest.indexOf('<div class="after"');
    if (from < 0) return rest;
    let depth = 0;
    let end = rest.length;
    for (const tag of rest.slice(from).matchAll(/<(\/?)div\b[^>]*>/g)) {
      depth += tag[1] === '' ? 1 : -1;
      if (depth > 0) continue;
      end = from + tag.index + tag[0].length;
      break;
    }
    rest = rest.slice(0, from) + rest.slice(end);
  }
}

export type ShownCommand = { readonly line: string; readonly anchor: string; readonly programs: readonly string[] };

/** Every command block, with the heading it stands under. */
export function commandsOf(html: string): readonly ShownCommand[] {
  let anchor = '';
  const commands: ShownCommand[] = [];
  for (const match of html.matchAll(/<h2[^>]*\bid="([^"]*)"|<pre class="command"[^>]*>([\s\S]*?)<\/pre>/g)) {
    if (match[1] !== undefined) anchor = match[1];
    if (match[2] === undefined) continue;
    const line = plainLines(match[2]);
    commands.push({ line, anchor, programs: programsIn(line) });
  }
  return commands;
}

function plainLines(html: string): string {
  return html
    .split('\n')
    .map((line) => plainText(line))
    .join('\n')
    .trim();
}

const WORDS_OF_THE_SHELL = new Set(
  'for in do done while until if then else elif fi case esac function select time true false echo cd export set'.split(
    ' ',
  ),
);
const BEFORE_A_PROGRAM = new Set([
  'sudo',
  'do',
  'then',
  'else',
  'time',
  'exec',
  'nice',
  'nohup',
  'env',
  'while',
  'if',
  'until',
]);

/** The programs a line runs: the first word of each simple command, looked for behind `sudo`, `do` and their like. */
export function programsIn(line: string): readonly string[] {
  const found = new Set<string>();
  for (const part of line.replaceAll(/'[^']*'|"[^"]*"/g, "''").split(/\|\|?|&&?|;|\n|\$\(|[()]/)) {
    const words = part.trim().split(/\s+/);
    let at = 0;
    while (BEFORE_A_PROGRAM.has(words[at] ?? '') || /^\w+=/.test(words[at] ?? '')) {
      if (words[at] === 'sudo' || words[at] === 'nice') found.add(words[at] ?? '');
      at += 1;
      while ((words[at] ?? '').startsWith('-')) at += /^-[un]$/.test(words[at] ?? '') ? 2 : 1;
    }
    const program = (words[at] ?? '').split('/').at(-1) ?? '';
    if (/^[a-z][\w.+-]*$/.test(program) && !WORDS_OF_THE_SHELL.has(program)) found.add(program);
  }
  return [...found];
}
