// Two small Vite plugins: the course as a module the pages import, and the Hangul mono face at exactly two cells a syllable.
import type { Plugin } from 'vite';
import type { Course } from './course.ts';

const COURSE = 'virtual:course';

/** `import { course } from 'virtual:course'` gives what the build was called with. */
export function courseModule(load: () => Promise<Course>): Plugin {
  return {
    name: 'underhood-course',
    resolveId: (id) => (id === COURSE ? `\0${COURSE}` : undefined),
    load: async (id) => (id === `\0${COURSE}` ? `export const course = ${JSON.stringify(await load())};` : undefined),
  };
}

/**
 * JetBrains Mono's cell is 0.6 em, Nanum Gothic Coding's syllable 1 em: at 120 % it is 1.2 em, two cells exactly.
 * The package's style sheet is taken as it is, with another name, so that only Hangul text of ours gets that size.
 */
export function hangulFace(): Plugin {
  return {
    name: 'underhood-hangul-face',
    enforce: 'pre',
    transform: (code, id) =>
      id.includes('nanum-gothic-coding') && id.includes('.css')
        ? code
            .replaceAll("'Nanum Gothic Coding'", "'Underhood Hangul Mono'")
            .replaceAll('font-display: swap;', 'font-display: swap; size-adjust: 120%;')
            .replaceAll(/, url\([^)]*\.woff\) format\('woff'\)/g, '')
        : undefined,
  };
}
