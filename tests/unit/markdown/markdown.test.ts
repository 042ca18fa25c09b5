// The renderer, by pairs of texts: one file per kind of block, and a set of attacks.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Known, TaskHead } from '../../../labs/markdown/context.ts';
import { renderText } from '../../../labs/markdown/renderer.ts';
import { localSvg } from '../../../labs/markdown/svg.ts';
import { readTextPairs } from './text-pairs.ts';

const options = [
  { id: 'up', text: { ko: '오름', en: 'up' } },
  { id: 'down', text: { ko: '내림', en: 'down' } },
];
const head = (id: string, kind: TaskHead['kind'], input: TaskHead['input']): TaskHead => ({
  id,
  kind,
  title: { ko: `제목 ${id}`, en: `Title <${id}>` },
  points: 10,
  input,
  goals: kind === 'do' ? [{ id: 'open', text: { ko: '열림', en: 'open' } }] : [],
});
const SVG =
  '<svg viewBox="0 0 9 9"><title lang="ko">제목</title><title lang="en">Title</title><desc lang="ko">설명</desc>' +
  '<desc lang="en">About</desc><g id="a"><text lang="ko">나</text><text lang="en">I</text></g><use href="#a"/></svg>';

const known: Known = {
  tasks: new Map(
    [
      head('reach', 'do', { type: 'none' }),
      head('count', 'find', { type: 'number', unit: 'MB' }),
      head('guess', 'predict', { type: 'order', options }),
      head('pick', 'choose', { type: 'choice', options }),
    ].map((task) => [task.id, task]),
  ),
  variables: new Set(['port', 'name']),
  pictures: new Map([['map', SVG]]),
  terms: new Map([['load', 'load average']]),
};

const folder = import.meta.dirname;
const files = readdirSync(folder).filter((name) => name.endsWith('.txt'));

for (const file of files) {
  describe(file, () => {
    for (const pair of readTextPairs(readFileSync(join(folder, file), 'utf8'))) {
      it(`${pair.title} (line ${pair.line})`, () => {
        const rendered = renderText('text.md', pair.markdown, file.endsWith('.ko.txt') ? 'ko' : 'en', known);
        expect(rendered.html.trimEnd()).toBe(pair.html);
      });
    }
  });
}

describe('two braces', () => {
  const problemsOf = (source: string) => renderText('text.md', source, 'en', known).problems;

  it('stand for a variable, which has to be declared', () => {
    expect(problemsOf('{{.Id}}')).toMatchObject([{ line: 1, found: '{{.Id}}' }]);
  });

  it('stand for themselves behind a backslash', () => {
    expect(problemsOf("\\{{.Id}}\n\n```command\npodman inspect --format '\\{{.Id}}' {{name}}\n```")).toEqual([]);
  });
});

describe('attacks', () => {
  const source = readTextPairs(readFileSync(join(folder, 'xss.txt'), 'utf8'))
    .map((pair) => pair.markdown)
    .join('\n\n');

  it('leave no element, handler or address in the page that could run', () => {
    const { html } = renderText('text.md', source, 'en', known);
    const tags = [...html.matchAll(/<[a-z][^>]*>/gi)].map(([tag]) => tag);
    expect(
      tags.filter((tag) => /<(script|iframe|img|object|embed|style|base|meta|link|svg|math)\b/i.test(tag)),
    ).toEqual([]);
    expect(tags.filter((tag) => /\son\w+\s*=/i.test(tag.replaceAll(/"[^"]*"/g, '""')))).toEqual([]);
    expect(tags.filter((tag) => /(href|src)="\s*(javascript|vbscript|data|file):/i.test(tag))).toEqual([]);
  });
});

describe('parts that are no part of the page', () => {
  const text =
    ':::task count\nHow many?\n\n:::hint\nLook at **it**.\n:::\n:::solution\n```command\nfree\n```\n:::\n:::\n\n:::trainer\nSay it.\n:::\n';

  it('are split off in order: hints, solution, trainer notes', () => {
    const rendered = renderText('text.md', text, 'en', known);
    expect(rendered.html).not.toMatch(/Look at|free|Say it/);
    expect(rendered.html).toContain('<div class="trainer-note" data-note="0" hidden></div>');
    expect(rendered.hints.get('count')).toEqual(['<p>Look at <strong>it</strong>.</p>\n']);
    expect(rendered.solutions.get('count')).toContain('<pre class="command" data-runnable="false"');
    expect(rendered.trainerNotes).toEqual(['<p>Say it.</p>\n']);
    expect(rendered.problems).toEqual([]);
  });
});

describe('a picture', () => {
  it('speaks one language at a time and keeps its ids to itself', () => {
    expect(localSvg('map', SVG, 'ko')).toEqual({
      problems: [],
      svg:
        '<svg role="img" aria-labelledby="map-title map-desc" viewBox="0 0 9 9"><title id="map-title" lang="ko">제목</title>' +
        '<desc id="map-desc" lang="ko">설명</desc><g id="map-a"><text lang="ko">나</text></g><use href="#map-a"/></svg>',
    });
  });

  it.each([
    ['a script', SVG.replace('<g', '<script>alert(1)</script><g')],
    ['a handler', SVG.replace('<g', '<g onload="alert(1)"')],
    ['an outside address', SVG.replace('href="#a"', 'href="https://example.org/x.svg#a"')],
    ['foreign content', SVG.replace('<g', '<foreignObject></foreignObject><g')],
    ['no description in one language', SVG.replace('<desc lang="en">About</desc>', '')],
    ['an element left open', SVG.replace('</g>', '')],
  ])('with %s is refused', (_, source) => {
    const { svg, problems } = localSvg('map', source, 'en');
    expect(problems).not.toEqual([]);
    expect(svg).toBe('');
  });
});
