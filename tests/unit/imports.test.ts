// The directions of imports: refused by the linter, and checked in .astro files, which the compiler's references do not reach.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ESLint } from 'eslint';
import { describe, expect, it } from 'vitest';
import { ROOMS, wrongWay } from '../../lint/directions.js';
import { underhood } from '../../lint/rules.js';

const checkout = join(import.meta.dirname, '../..');

describe('an import', () => {
  it.each([
    ['labs/catalog.ts', '../sandbox/machine/machine.ts'],
    ['labs/catalog.ts', '../site/api/labs.ts'],
    ['sandbox/qemu/machine.ts', '../../labs/catalog.ts'],
    ['sandbox/qemu/machine.ts', '../../site/server/config.ts'],
    ['sandbox/protocol/wire.ts', '../machine/machine.ts'],
    ['sandbox/protocol/wire.ts', 'node:buffer'],
    ['sandbox/protocol/wire.ts', 'zod'],
    ['site/api/labs.ts', '../../labs/schema/lab.ts'],
    ['site/api/labs.ts', '../server/config.ts'],
    ['site/client/connection.ts', '../server/config.ts'],
    ['site/client/connection.ts', '../../sandbox/session/session.ts'],
    ['site/client/connection.ts', '../../labs/schema/lab.ts'],
    ['site/client/connection.ts', 'node:fs'],
    ['site/server/main.ts', '../client/connection.ts'],
    ['site/server/main.ts', '../../tests/fixtures/learner.ts'],
    ['sandbox/qemu/machine.ts', '../../tests/fixtures/learner.ts'],
  ])('from %s of %s is refused', (file, specifier) => {
    expect(wrongWay(file, specifier)).toEqual(expect.any(String));
  });

  it.each([
    ['sandbox/qemu/machine.ts', '../protocol/wire.ts'],
    ['sandbox/protocol/wire.ts', './flow.ts'],
    ['sandbox/protocol/wire.ts', 'zod/mini'],
    ['site/client/connection.ts', '../api/socket.ts'],
    ['site/client/connection.ts', '../../sandbox/protocol/wire.ts'],
    ['site/client/connection.ts', '@xterm/xterm'],
    ['site/server/main.ts', '../../sandbox/source/source.ts'],
    ['site/server/main.ts', '../../labs/catalog.ts'],
    ['tests/vm/boot.test.ts', '../../sandbox/source/source.ts'],
  ])('from %s of %s is allowed', (file, specifier) => {
    expect(wrongWay(file, specifier)).toBeUndefined();
  });

  it('in the wrong direction is an error of the linter that names the right way', async () => {
    const eslint = new ESLint({
      cwd: checkout,
      overrideConfigFile: true,
      overrideConfig: [{ plugins: { underhood }, rules: { 'underhood/import-direction': 'error' } }],
    });
    const lint = async (source: string) => {
      const [result] = await eslint.lintText(source, { filePath: join(checkout, 'labs/probe.js') });
      return result?.messages.map(({ message }) => message);
    };
    const instead = ROOMS.find(({ room }) => room === 'labs')?.instead;
    expect(await lint("import { a } from '../sandbox/machine/state.ts';\nexport const b = a;\n")).toEqual([instead]);
    expect(await lint("export * from '../sandbox/machine/state.ts';\n")).toEqual([instead]);
    expect(await lint("export const load = () => import('../sandbox/machine/state.ts');\n")).toEqual([instead]);
    expect(await lint("import { a } from './schema/lab.ts';\nexport const b = a;\n")).toEqual([]);
  });
});

describe('an .astro file', () => {
  const found = readdirSync(join(checkout, 'site'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.astro'))
    .map((entry) => relative(checkout, join(entry.parentPath, entry.name)));
  const importsOf = (source: string) =>
    [...source.matchAll(/(?:\bfrom\s*|\bimport\s*\(?\s*)(['"])([^'"]+)\1/g)].map((match) => match[2] ?? '');

  it('imports in the right direction', () => {
    const wrong = found.flatMap((file) =>
      importsOf(readFileSync(join(checkout, file), 'utf8'))
        .map((specifier) => ({ file, specifier, instead: wrongWay(file, specifier) }))
        .filter(({ instead }) => instead !== undefined),
    );
    expect(wrong).toEqual([]);
  });

  it('that imports the server would be found', () => {
    const source =
      "---\nimport { readConfig } from '../../server/config.ts';\n---\n<script>import '../../client/x.ts'</script>";
    expect(importsOf(source)).toEqual(['../../server/config.ts', '../../client/x.ts']);
    expect(wrongWay('site/src/pages/index.astro', '../../server/config.ts')).toEqual(expect.any(String));
  });
});
