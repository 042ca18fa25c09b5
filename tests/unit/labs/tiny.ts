// A lab of one task as its files, for tests that break or change one of them.
import type { LabSource } from '../../../labs/assembly.ts';

export const YAML = `id: tiny
title: { ko: 작은 실습, en: A tiny lab }
explains: { ko: 포트를 설명합니다., en: Explains ports. }
minutes: 5
variables:
  port: { range: [8000, 8999] }
tasks:
  - id: listen
    kind: do
    title: { ko: 포트 열기, en: Open a port }
    messages:
      closed: { ko: "{{port}}번 포트가 닫혀 있습니다.", en: "Port {{port}} is closed." }
    wrong: { other-port: closed }
`;

export const TEXT = `## Ports {#ports}

The port is {{port}}.

:::task listen
Open it.

:::hint
Look at \`ss\`.
:::
:::solution
\`\`\`command
nc -l {{port}}
\`\`\`
:::
:::
`;

export const GLOSSARY = { port: { term: { ko: '포트', en: 'port' }, text: { ko: '번호', en: 'a number' } } };

export type Change = Partial<LabSource> & { scripts?: Record<string, string> };

export function tiny({ scripts, ...change }: Change = {}): LabSource {
  return {
    path: '01-part/01-tiny',
    id: 'tiny',
    part: 'part',
    number: 1,
    yaml: YAML,
    ko: TEXT,
    en: TEXT,
    bake: undefined,
    setup: undefined,
    entries: ['lab.yaml', 'ko.md', 'en.md', 'tasks'],
    pictures: new Map(),
    tasks: new Map([
      [
        'listen',
        new Map(
          Object.entries(
            scripts ?? { 'check.sh': 'fail closed', 'solve.sh': 'nc -l "$UH_PORT"', 'wrong-other-port.sh': 'nc -l 1' },
          ),
        ),
      ],
    ]),
    files: [],
    ...change,
  };
}
