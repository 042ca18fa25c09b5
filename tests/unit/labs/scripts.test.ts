// What is looked at before any script runs: whether bash can read it, and whether a file is a lab's at all.
import { describe, expect, it } from 'vitest';
import { syntaxProblems } from '../../../labs/bash-syntax.ts';
import { isEditorFile } from '../../../labs/editor-files.ts';
import { formatProblem } from '../../../labs/problem.ts';

describe('a script', () => {
  it('that bash cannot read is named with its line', async () => {
    const scripts = new Map([
      ['tasks/a/check.sh', 'read -r x < /proc/uptime\n((x == 0) && pass\nfail other\n'],
      ['tasks/b/check.sh', 'pass\n'],
      ['setup.sh', 'if true; then\n  echo open\n'],
    ]);
    const problems = (await syntaxProblems(scripts)).map(formatProblem);
    expect(problems).toHaveLength(2);
    expect(problems[0]).toMatch(/^tasks\/a\/check\.sh:\d › bash: expected a script that bash can read, got /);
    expect(problems[1]).toMatch(/^setup\.sh:3 › bash: .*syntax error: unexpected end of file/);
  });
});

describe('what an editor leaves beside a file', () => {
  it.each(['.en.md.swp', '.en.md.swo', '4913', '.#en.md', '#en.md#', 'en.md~', 'sedXWMpMr', '.DS_Store'])(
    '%s is no part of a lab',
    (name) => expect(isEditorFile(name)).toBe(true),
  );

  it.each(['en.md', '.bashrc', 'sed', 'check.sh', '.profile', 'sediment', 'lab.yaml'])('%s is', (name) =>
    expect(isEditorFile(name)).toBe(false),
  );

  it('is told from a tool of the guest, which may have any name', () => {
    const files = '/course/01-processes/02-lab/files/usr/local/bin';
    for (const tool of ['sedXWMpMr', '4913', 'watch~']) expect(isEditorFile(`${files}/${tool}`)).toBe(false);
    for (const swap of ['.tool.swp', '.#tool']) expect(isEditorFile(`${files}/${swap}`)).toBe(true);
    expect(isEditorFile('/srv/files/course/01-processes/02-lab/en.md~')).toBe(true);
  });
});
