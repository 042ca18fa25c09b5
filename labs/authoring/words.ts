// What the author's commands say, in English, and in Korean where LANG is.

const WORDS = {
  en: {
    help: 'How labs are written: labs/README.md',
    'verb-usage': 'There is no command "{verb}". Commands: reviewed, new-lab, import, schemas',
    'reviewed-usage': 'Which lab did you review? npm run reviewed <lab>, or npm run reviewed -- --all',
    'unknown-lab': 'There is no lab "{id}". Labs: {known}',
    reviewed: '{lab}: {count} pair(s) of paragraphs reviewed, {changed} of them changed since the last time',
    'new-lab-usage': 'npm run new-lab <part> <id>, for example: npm run new-lab load page-cache',
    'bad-id': '"{id}" is no id: lower-case letters, digits and single hyphens, such as "page-cache".',
    'unknown-part': 'There is no part "{part}" in course.yaml. Parts: {known}',
    'lab-exists': 'The lab "{id}" has a folder already: {folder}',
    'in-other-part': 'course.yaml has the lab "{id}" in the part "{part}".',
    created: 'A lab of one task is in {folder}. It loads and proves itself as it is:',
    'next-dev': '  npm run dev               see it, with a machine, while you write',
    'next-prove': '  npm run prove {id}   prove it on real machines',
    'next-reviewed': '  npm run reviewed {id}   once ko.md and en.md say the same',
    'next-shipped':
      'A lab that ships has three kinds of tasks, a prediction among them, and two wrong solutions for each that a script judges.',
    renamed: 'Later labs move up a number: {count} folder(s) renamed.',
    'import-usage': 'npm run import -- killercoda <folder with index.json> [--to <folder>]',
    'import-missing': 'There is no {file}. A Killercoda scenario is a folder with index.json in it.',
    'import-json': '{file} is not what a Killercoda scenario has: {reason}',
    'import-exists': '{folder} is there already. Name another one: --to <folder>',
    imported: 'A draft lab is in {folder}. What needs a human is in {todo}, {count} thing(s):',
    schemas: 'Schemas for editors: {files}',
  },
  ko: {
    help: '실습 작성법: labs/README.md',
    'verb-usage': '"{verb}"이라는 명령은 없습니다. 명령: reviewed, new-lab, import, schemas',
    'reviewed-usage': '검토한 실습을 적어 주십시오. npm run reviewed <실습>, 전부라면 npm run reviewed -- --all',
    'unknown-lab': '"{id}"이라는 실습은 없습니다. 실습: {known}',
    reviewed: '{lab}: 문단 {count}쌍을 검토한 것으로 기록했습니다. 지난번 이후 바뀐 것은 {changed}쌍입니다',
    'new-lab-usage': 'npm run new-lab <부> <id>, 예: npm run new-lab load page-cache',
    'bad-id': '"{id}"은(는) id로 쓸 수 없습니다. "page-cache"처럼 소문자, 숫자, 한 번씩 쓴 하이픈만 씁니다.',
    'unknown-part': 'course.yaml에 "{part}"라는 부가 없습니다. 부: {known}',
    'lab-exists': '"{id}" 실습의 폴더가 이미 있습니다: {folder}',
    'in-other-part': 'course.yaml에는 "{id}" 실습이 "{part}" 부에 들어 있습니다.',
    created: '과제 하나짜리 실습을 {folder}에 만들었습니다. 이대로도 열리고 스스로 증명합니다.',
    'next-dev': '  npm run dev               쓰면서 머신과 함께 보기',
    'next-prove': '  npm run prove {id}   실제 머신에서 증명하기',
    'next-reviewed': '  npm run reviewed {id}   ko.md와 en.md가 같은 말을 하게 된 다음',
    'next-shipped':
      '싣는 실습에는 과제가 세 종류 이상 있어야 하고, 그중 하나는 예측이어야 하며, 스크립트가 채점하는 과제마다 틀린 풀이가 둘 이상 있어야 합니다.',
    renamed: '뒤의 실습 번호가 하나씩 밀렸습니다. 이름을 바꾼 폴더: {count}개',
    'import-usage': 'npm run import -- killercoda <index.json이 있는 폴더> [--to <폴더>]',
    'import-missing': '{file} 파일이 없습니다. Killercoda 시나리오는 index.json이 들어 있는 폴더입니다.',
    'import-json': '{file}의 내용이 Killercoda 시나리오의 것과 다릅니다: {reason}',
    'import-exists': '{folder} 폴더가 이미 있습니다. 다른 곳을 지정하십시오: --to <폴더>',
    imported: '초안을 {folder}에 만들었습니다. 사람이 손볼 것 {count}가지를 {todo}에 적었습니다.',
    schemas: '편집기용 스키마: {files}',
  },
} as const;

export type AuthorWord = keyof (typeof WORDS)['en'];

/** `{name}` is filled in. */
export function authorText(word: AuthorWord, values: Readonly<Record<string, string | number>> = {}): string {
  const { LC_ALL, LC_MESSAGES, LANG } = process.env;
  const language = /^ko/i.test(LC_ALL || LC_MESSAGES || LANG || '') ? 'ko' : 'en';
  return WORDS[language][word].replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** A mistake of whoever typed the command: shown without a stack. */
export class AuthorError extends Error {
  constructor(word: AuthorWord, values: Readonly<Record<string, string | number>> = {}) {
    super(authorText(word, values));
    this.name = 'AuthorError';
  }
}
