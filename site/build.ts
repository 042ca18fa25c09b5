// Builds the static site into a folder of the caller's choosing. Needs Node 24; writes nothing into the checkout.
import { cp, mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadCatalog } from '../labs/catalog.ts';
import { astroOptions } from './bundle/astro-options.ts';
import { compressBelow } from './bundle/compress.ts';
import { courseFaces } from './bundle/course-face.ts';
import { courseOf } from './bundle/course.ts';
import { hashesBelow } from './bundle/policy.ts';

const CHECKOUT = fileURLToPath(new URL('..', import.meta.url));

/** What the pages are made of; copied for the build with the same places relative to each other. */
const STAGED = [
  'site/src',
  'site/client',
  'site/api',
  'site/bundle',
  'site/public',
  'sandbox/protocol',
  'package.json',
];

/** The compiler's settings name folders that are not copied; the bundler needs none of them. */
function isSource(path: string): boolean {
  return basename(path) !== 'tsconfig.json';
}

export type SiteBuild = {
  /** is made; what was in it is replaced */
  readonly outDir: string;
  /** labs/content, or another folder in that format */
  readonly contentDir: string;
  readonly log: (line: string) => void;
};

/** Throws labs' LabFormatError for mistakes in the content, and Astro's errors for ours. */
export async function buildSite({ outDir, contentDir, log }: SiteBuild): Promise<void> {
  process.env['ASTRO_TELEMETRY_DISABLED'] = '1';
  const course = courseOf(await loadCatalog(contentDir));
  log(`site: ${course.lessons.length} lab(s) in two languages`);
  await mkdir(dirname(outDir), { recursive: true });
  // Astro keeps types and caches below its root, which must also hold the pages. The checkout may be read-only, so the
  // sources are copied beside the result first.
  const work = await mkdtemp(join(dirname(outDir), `${basename(outDir)}.work-`));
  const root = join(work, 'site');
  const made = join(work, 'made');
  const before = process.cwd();
  try {
    for (const path of STAGED) await cp(join(CHECKOUT, path), join(work, path), { recursive: true, filter: isSource });
    const faces = join(root, 'src/faces');
    await mkdir(faces);
    const { latin, hangul } = await courseFaces([contentDir, join(root, 'src'), join(root, 'client')]);
    await writeFile(join(faces, 'latin.woff2'), latin);
    await writeFile(join(faces, 'hangul.woff2'), hangul);
    await symlink(join(CHECKOUT, 'node_modules'), join(work, 'node_modules'));
    // Astro keeps half-made pages below the working directory wherever the result lies outside of it.
    process.chdir(work);
    const { build } = await import('astro');
    const options = astroOptions(() => Promise.resolve(course));
    await build({
      ...options,
      configFile: false,
      root,
      outDir: made,
      cacheDir: join(work, 'cache'),
      logLevel: 'warn',
      vite: { ...options.vite, cacheDir: join(work, 'vite') },
    });
    await writeFile(join(made, 'csp.json'), `${JSON.stringify({ scriptHashes: await hashesBelow(made) })}\n`);
    await compressBelow(made);
    await rm(outDir, { recursive: true, force: true });
    await rename(made, outDir);
  } finally {
    process.chdir(before);
    await rm(work, { recursive: true, force: true });
  }
  log(`site: written to ${outDir}`);
}
