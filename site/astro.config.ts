// For Astro's own commands (`astro check`, `astro dev`). The site that is served is built by build.ts.
import { fileURLToPath } from 'node:url';
import type { AstroInlineConfig } from 'astro';
import { loadCatalog } from '../labs/catalog.ts';
import { astroOptions } from './bundle/astro-options.ts';
import { courseOf } from './bundle/course.ts';

const content = fileURLToPath(new URL('../labs/content', import.meta.url));

const config: AstroInlineConfig = {
  ...astroOptions(async () => courseOf(await loadCatalog(content))),
  cacheDir: '../node_modules/.cache/astro',
};

export default config;
