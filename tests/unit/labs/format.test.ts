// An author's mistakes: each is refused with one sentence that names file, line, what was expected and what was found.
import { describe, expect, it } from 'vitest';
import { assembleLab } from '../../../labs/assembly.ts';
import { formatProblem } from '../../../labs/problem.ts';
import { jsonSchema } from '../../../labs/schema/json-schema.ts';
import { GLOSSARY, TEXT, tiny, YAML } from './tiny.ts';
import type { Change } from './tiny.ts';

function mistakes(change: Change): string[] {
  const lab = assembleLab(tiny(change), GLOSSARY);
  return 'problems' in lab ? lab.problems.map(formatProblem) : [];
}

const both = (text: string): Change => ({ ko: text, en: text });

const without = (text: string, part: string) => {
  expect(text).toContain(part);
  return text.replace(part, '');
};

describe('a lab', () => {
  it('of one task is accepted, in fewer than 25 lines', () => {
    const lab = assembleLab(tiny(), GLOSSARY);
    expect(lab).toMatchObject({ id: 'tiny', slug: 'tiny', part: 'part', minutes: 5 });
    expect(YAML.trim().split('\n').length).toBeLessThanOrEqual(25);
  });

  it('may say where a message is explained: at a heading, a paragraph or an item of a list', () => {
    const text = `${TEXT}\nA port is a number. {#number}\n\n- one\n- two {#two}\n`;
    for (const place of ['ports', 'number', 'two']) {
      const lab = assembleLab(
        tiny({ ...both(text), yaml: YAML.replace('is closed." }', `is closed.", explain: ${place} }`) }),
        GLOSSARY,
      );
      if ('problems' in lab) throw new Error(lab.problems.map(formatProblem).join('\n'));
      expect(lab.html.en).toContain(` id="${place}"`);
    }
  });

  it('keeps hints and solutions out of the page', () => {
    const lab = assembleLab(tiny(), GLOSSARY);
    if ('problems' in lab) throw new Error('refused');
    expect(lab.html.en).not.toMatch(/nc -l|Look at/);
    expect(lab.tasks[0]?.hints).toHaveLength(1);
    expect(lab.tasks[0]?.solution.en).toContain('data-runnable="false"');
  });

  it('that only writes its variables to a file starts no script on a fresh machine', () => {
    const lab = assembleLab(tiny({ yaml: YAML.replace('tasks:', 'variablesFile: /etc/lab\ntasks:') }), GLOSSARY);
    expect(lab).toMatchObject({ setup: { script: undefined, variablesFile: '/etc/lab', files: [] } });
  });

  it('has a hash that every file has a part in', () => {
    const hash = (change: Change) => {
      const lab = assembleLab(tiny(change), GLOSSARY);
      return 'problems' in lab ? 'refused' : lab.hash;
    };
    const changed = [
      hash({}),
      hash({ setup: 'true' }),
      hash({ ko: `${TEXT}\n더` }),
      hash({ scripts: { 'check.sh': 'pass', 'solve.sh': '$UH_PORT', 'wrong-other-port.sh': '' } }),
    ];
    expect(new Set(changed).size).toBe(4);
  });
});

describe('a broken lab', () => {
  const broken: [string, Change][] = [
    ['whose translation is missing', { en: undefined }],
    ['with an unknown key', { yaml: YAML.replace('    kind: do\n', '    kind: do\n    pionts: 5\n') }],
    ['with an unknown key in a nested place', { yaml: YAML.replace('range:', 'rnage:') }],
    ['of an unknown kind', { yaml: YAML.replace('kind: do', 'kind: make') }],
    [
      'whose variables are to be written to a path that is none',
      { yaml: YAML.replace('tasks:', 'variablesFile: etc/lab\ntasks:') },
    ],
    ['with a value of the wrong type', { yaml: YAML.replace('minutes: 5', 'minutes: five') }],
    [
      'with a title in one language',
      { yaml: YAML.replace('title: { ko: 포트 열기, en: Open a port }', 'title: { ko: 포트 열기 }') },
    ],
    ['with code in a task’s title', { yaml: YAML.replace('en: Open a port }', 'en: Open a port with `nc` }') }],
    ['with a variable in its title', { yaml: YAML.replace('ko: 작은 실습,', 'ko: "작은 실습 {{port}}",') }],
    ['that names a task twice', { yaml: YAML + YAML.slice(YAML.indexOf('  - id: listen')) }],
    ['with a key twice', { yaml: `${YAML}minutes: 6\n` }],
    [
      'with a variable that nobody uses',
      { yaml: YAML.replace('variables:\n', 'variables:\n  spare: { range: [1, 2] }\n') },
    ],
    [
      'with a variable that is not declared',
      { ko: TEXT.replace('{{port}}.', '{{prot}}.'), en: TEXT.replace('{{port}}.', '{{prot}}.') },
    ],
    ['with an unknown particle', { ko: TEXT.replace('{{port}}.', '{{port|을/은}}.') }],
    ['with a particle that cannot fit every value', { ko: TEXT.replace('is {{port}}.', '`{{port}}`는') }],
    ['with a value that would be printed twice', { ko: TEXT.replace('{{port}}.', '{{port}}{{port|이/가}}.') }],
    ['with such a particle in a message', { yaml: YAML.replace('{{port}}번 포트가', '{{port}}가') }],
    ['whose block is not closed', { ko: without(TEXT, ':::\n:::\n') }],
    ['with an unknown block', { ko: TEXT.replace(':::hint', ':::hnit'), en: TEXT.replace(':::hint', ':::hnit') }],
    ['whose languages drifted apart', { en: `${TEXT}\n## More {#more}\n` }],
    [
      'whose Korean text lacks a heading',
      { ko: `${TEXT}\n## End {#end}\n\nx\n`, en: `${TEXT}\n## More {#more}\n\nx\n\n## End {#end}\n\nx\n` },
    ],
    ['whose commands differ between the languages', { en: TEXT.replace('nc -l {{port}}', 'nc -lk {{port}}') }],
    ['with a term that is not in the glossary', { ko: `${TEXT}\n[[prot]]`, en: `${TEXT}\n[[prot]]` }],
    ['without a solution', { scripts: { 'check.sh': 'fail closed $UH_PORT', 'wrong-other-port.sh': '' } }],
    [
      'whose check names a message that is not there',
      { scripts: { 'check.sh': 'true\nfail shut', 'solve.sh': '', 'wrong-other-port.sh': '' } },
    ],
    [
      'with a script nobody named',
      { scripts: { 'check.sh': '', 'solve.sh': '', 'wrong-other-port.sh': '', 'wrong-port.sh': '' } },
    ],
    [
      'that shows the answer of a task as a command',
      { ko: TEXT.replace('Open it.', '```command\nnc\n```'), en: TEXT.replace('Open it.', '```command\nnc\n```') },
    ],
    [
      'with a picture that is not there',
      { ko: `${TEXT}\n:::picture map\nA map.\n:::`, en: `${TEXT}\n:::picture map\nA map.\n:::` },
    ],
    [
      'with messages whose parameters differ',
      { yaml: YAML.replace('en: "Port {{port}} is closed."', 'en: "Port {number} is closed."') },
    ],
    [
      'with a task in the text that lab.yaml does not have',
      { ko: TEXT.replace(':::task listen', ':::task lisen'), en: TEXT.replace(':::task listen', ':::task lisen') },
    ],
    [
      'with a needed task that does not stand before',
      { yaml: YAML.replace('    kind: do\n', '    kind: do\n    needs: [later]\n') },
    ],
    ['whose message is explained nowhere', { yaml: YAML.replace('is closed." }', 'is closed.", explain: prots }') }],
    [
      'whose message is explained where the page is still closed',
      {
        yaml: YAML.replace('    kind: do\n', '    kind: do\n    explain: secret\n'),
        ...both(TEXT.replace('Look at `ss`.', 'Look at `ss`. {#secret}')),
      },
    ],
    ['that gives two places the same id', both(`${TEXT}\nMore. {#ports}\n`)],
    ['with a stray file', { entries: ['lab.yaml', 'ko.md', 'en.md', 'tasks', 'notes.txt'] }],
  ];

  it.each(broken)('%s is refused', (_, change) => {
    expect(mistakes(change).join('\n')).toMatchSnapshot();
    expect(mistakes(change)).not.toEqual([]);
  });
});

describe('the JSON Schema for editors', () => {
  it('describes every key', () => {
    const bare: string[] = [];
    const visit = (node: unknown, path: string): void => {
      if (typeof node !== 'object' || node === null) return;
      if ('properties' in node && typeof node.properties === 'object' && node.properties !== null) {
        for (const [key, value] of Object.entries(
          node.properties as Record<string, { description?: string; const?: string }>,
        )) {
          if (!value.description && value.const === undefined) bare.push(`${path}.${key}`);
        }
      }
      for (const [key, value] of Object.entries(node)) visit(value, `${path}.${key}`);
    };
    visit(jsonSchema('lab'), 'lab');
    visit(jsonSchema('course'), 'course');
    visit(jsonSchema('glossary'), 'glossary');
    expect(bare).toEqual([]);
  });

  it('forbids unknown keys and does not ask for those that have a default', () => {
    const schema = jsonSchema('lab');
    expect(schema).toMatchObject({ additionalProperties: false });
    expect(schema['required']).toEqual(['id', 'title', 'explains', 'minutes', 'tasks']);
  });
});
