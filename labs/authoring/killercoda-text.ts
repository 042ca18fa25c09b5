// A scenario's Markdown in ours: commands become blocks, headings get ids of their own level, what has no counterpart goes on the list.
const LANGUAGES = new Set(['bash', 'c', 'ini', 'json', 'yaml', 'text']);
const ALIASES: Readonly<Record<string, string>> = { sh: 'bash', shell: 'bash', console: 'bash', yml: 'yaml' };
/** `{{exec}}`, `{{execute}}`, `{{copy}}`, `{{exec interrupt}}` … behind code */
const MARK = /\{\{\s*(exec|execute|copy)?[^{}]*\}\}/;

export type ImportedText = { readonly markdown: string; readonly todo: readonly string[] };

/** `where` names the page in the list of what needs a human. */
export function importedText(source: string, where: string): ImportedText {
  const todo = new Set<string>();
  const out: string[] = [];
  let fence: { readonly language: string; readonly lines: string[] } | undefined;
  for (const line of source.split('\n')) {
    const tick = /^\s*(?:```+|~~~+)\s*([\w+-]*)\s*(.*)$/.exec(line);
    if (fence === undefined && tick) {
      fence = { language: tick[1] ?? '', lines: [] };
    } else if (fence !== undefined && tick && !tick[1]) {
      out.push(...closed(fence, tick[2] ?? ''));
      fence = undefined;
    } else if (fence !== undefined) {
      fence.lines.push(neutral(line));
    } else out.push(prose(line, where, todo));
  }
  if (fence !== undefined) {
    todo.add(`${where}: a code block is not closed.`);
    out.push(...closed(fence, ''));
  }
  return {
    markdown: out
      .join('\n')
      .replaceAll(/\n{3,}/g, '\n\n')
      .trim(),
    todo: [...todo],
  };
}

function closed(
  fence: { readonly language: string; readonly lines: readonly string[] },
  behind: string,
): readonly string[] {
  const mark = MARK.exec(behind)?.[1];
  const language = ALIASES[fence.language] ?? fence.language;
  const kind = mark === 'copy' ? 'command copy' : mark ? 'command' : LANGUAGES.has(language) ? language : 'text';
  return [`\`\`\`${kind}`, ...fence.lines, '```'];
}

function prose(line: string, where: string, todo: Set<string>): string {
  const command = /^\s*`([^`]+)`\s*\{\{\s*(exec|execute|copy)[^{}]*\}\}\s*$/.exec(line);
  if (command) return `\n\`\`\`command${command[2] === 'copy' ? ' copy' : ''}\n${neutral(command[1] ?? '')}\n\`\`\`\n`;
  const heading = /^#{1,6}\s+(.*?)\s*#*$/.exec(line);
  if (heading) return `### ${heading[1] ?? ''}`;
  if (/\{\{\s*TRAFFIC_/.test(line))
    todo.add(`${where}: an address of the scenario’s proxy (\`TRAFFIC_…\`) has no meaning here.`);
  if (/!\[[^\]]*\]\([^)]*\)/.test(line))
    todo.add(`${where}: an image. Draw it as pictures/<name>.svg and show it by \`:::picture <name>\`.`);
  if (/<\/?[a-z][^>]*>/i.test(line))
    todo.add(`${where}: raw HTML, which is shown as it stands. A \`<details>\` is a hint or a solution here.`);
  if (/\]\((?!https?:|#)[^)]+\)/.test(line)) todo.add(`${where}: a link to a file of the scenario.`);
  return neutral(line.replaceAll(/(`[^`]+`)\s*\{\{[^{}]*\}\}/g, '$1'));
}

/** Double braces and colons mean something here, and a bracketed pair is a term. */
function neutral(line: string): string {
  return line
    .replaceAll(/\\?\{\{/g, '\\{{')
    .replaceAll('[[', '[ [')
    .replace(/^:::/, '\\:::');
}
