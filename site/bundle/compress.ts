// Smaller copies of the built site's texts, made once: `page.js.br` and `page.js.gz` beside `page.js`. The server sends what a browser takes.
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

/** Fonts and pictures of pixels are compressed already. */
const TEXT = /\.(?:html|css|js|json|svg|txt)$/;

/** One packet carries this much; less is not worth another file. */
const LEAST_BYTES = 1400;

export async function compressBelow(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { recursive: true })) {
    const path = join(folder, entry);
    if (!TEXT.test(entry) || (await stat(path)).size < LEAST_BYTES) continue;
    const bytes = await readFile(path);
    // One step below the slowest: a tenth of its time for a few per cent more.
    const params = { [constants.BROTLI_PARAM_QUALITY]: 10, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
    const [br, gz] = await Promise.all([
      promisify(brotliCompress)(bytes, { params }),
      promisify(gzip)(bytes, { level: 9 }),
    ]);
    await Promise.all([writeFile(`${path}.br`, br), writeFile(`${path}.gz`, gz)]);
  }
}
