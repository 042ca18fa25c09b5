// `npm run reviewed`: writes down that somebody read both languages of a lab side by side.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadCatalog } from '../catalog.ts';
import { findLab } from '../lab.ts';
import { reviewedText, TRANSLATIONS } from '../translations.ts';
import { AuthorError, authorText } from './words.ts';

/** `ids` undefined: every lab. A lab that does not load cannot be reviewed: throws LabFormatError. */
export async function review(content: string, ids: readonly string[] | undefined): Promise<readonly string[]> {
  const catalog = await loadCatalog(content);
  const labs = ids?.map((id) => {
    const lab = findLab(catalog, id);
    if (lab === undefined)
      throw new AuthorError('unknown-lab', { id, known: catalog.labs.map((each) => each.id).join(', ') });
    return lab;
  });
  const lines: string[] = [];
  for (const lab of labs ?? catalog.labs) {
    await writeFile(join(content, lab.folder, TRANSLATIONS), reviewedText(lab.textPairs));
    const isNew = lab.unreviewed.some(({ file }) => file.endsWith(TRANSLATIONS));
    const changed = isNew ? lab.textPairs.length : lab.unreviewed.length;
    lines.push(authorText('reviewed', { lab: lab.id, count: lab.textPairs.length, changed }));
  }
  return lines;
}
