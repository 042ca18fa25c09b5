// What Astro is told, shared by the real build (build.ts) and by Astro's own commands (astro.config.ts).
import type { AstroInlineConfig } from 'astro';
import type { Course } from './course.ts';
import { courseModule, hangulFace } from './plugins.ts';

export function astroOptions(loadCourse: () => Promise<Course>): AstroInlineConfig {
  return {
    output: 'static',
    trailingSlash: 'always',
    compressHTML: true,
    devToolbar: { enabled: false },
    build: { format: 'directory', assets: 'assets', inlineStylesheets: 'never' },
    vite: {
      plugins: [courseModule(loadCourse), hangulFace()],
      // Nothing is inlined: the content security policy allows scripts of our own address only.
      build: { assetsInlineLimit: 0, target: 'es2022', chunkSizeWarningLimit: 800 },
    },
  };
}
