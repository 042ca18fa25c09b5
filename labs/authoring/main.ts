// The author's commands: `npm run reviewed`, `npm run new-lab`, `npm run import`, and the schemas for editors. Writes into the checkout.
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { LabFormatError } from '../problem.ts';
import { importKillercoda } from './killercoda.ts';
import { newLab } from './new-lab.ts';
import { review } from './review.ts';
import { writeSchemas } from './schemas.ts';
import { AuthorError, authorText } from './words.ts';

const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url));
const content = process.env['UNDERHOOD_LABS'] ?? `${CHECKOUT}labs/content`;
const print = (line: string): void => void process.stdout.write(`${line}\n`);

async function main(words: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: { all: { type: 'boolean', default: false }, to: { type: 'string' } },
  });
  const [verb, ...names] = positionals;
  switch (verb) {
    case 'reviewed':
      if (names.length === 0 && !values.all) throw new AuthorError('reviewed-usage');
      for (const line of await review(content, values.all ? undefined : names)) print(line);
      return;
    case 'new-lab': {
      const [part, id, ...more] = names;
      if (part === undefined || id === undefined || more.length > 0) throw new AuthorError('new-lab-usage');
      for (const line of await newLab(content, part, id)) print(line);
      return;
    }
    case 'import': {
      const [format, from, ...more] = names;
      if (format !== 'killercoda' || from === undefined || more.length > 0) throw new AuthorError('import-usage');
      for (const line of await importKillercoda(from, values.to)) print(line);
      return;
    }
    case 'schemas':
      for (const line of await writeSchemas(`${CHECKOUT}node_modules/.cache/underhood`)) print(line);
      return;
    default:
      throw new AuthorError('verb-usage', { verb: verb ?? '' });
  }
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  process.exitCode = 1;
  const known = error instanceof AuthorError || error instanceof LabFormatError;
  const usage = error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
  const said = known || usage ? error.message : error instanceof Error ? error.stack : String(error);
  process.stderr.write(`✗ ${said}${known ? '' : `\n${authorText('help')}`}\n`);
}
