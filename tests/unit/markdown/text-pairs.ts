// Reads files of text pairs: a title, then `.`, the Markdown, `.`, the HTML, `.` (the layout markdown-it uses for its own tests).

export type TextPair = {
  readonly title: string;
  readonly line: number;
  readonly markdown: string;
  readonly html: string;
};

export function readTextPairs(source: string): TextPair[] {
  const pairs: TextPair[] = [];
  const lines = source.split('\n');
  let title = '';
  for (let at = 0; at < lines.length; at += 1) {
    if (lines[at] !== '.') {
      if (lines[at]?.trim()) title = lines[at]?.trim() ?? '';
      continue;
    }
    const middle = lines.indexOf('.', at + 1);
    const end = lines.indexOf('.', middle + 1);
    if (middle < 0 || end < 0) throw new Error(`pair "${title}" (line ${at + 1}) does not end`);
    const block = (from: number, to: number) => lines.slice(from + 1, to).join('\n');
    pairs.push({ title, line: at + 1, markdown: block(at, middle), html: block(middle, end) });
    at = end;
  }
  return pairs;
}
