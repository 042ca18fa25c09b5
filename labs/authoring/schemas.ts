// The JSON Schemas that editors read: `# yaml-language-server: $schema=…` at the top of a YAML file names one of them.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jsonSchema } from '../schema/json-schema.ts';
import { authorText } from './words.ts';

/** Writes `<name>.schema.json` for each YAML file of the format into `folder`. */
export async function writeSchemas(folder: string): Promise<readonly string[]> {
  await mkdir(folder, { recursive: true });
  const files: string[] = [];
  for (const name of ['lab', 'course', 'glossary'] as const) {
    const file = join(folder, `${name}.schema.json`);
    await writeFile(file, `${JSON.stringify(jsonSchema(name), undefined, 2)}\n`);
    files.push(file);
  }
  return [authorText('schemas', { files: files.join(', ') })];
}
