// The part of set-up that needs Node 24: is the guest image there (`check`, exit code 3 when not), and building it (`build`).
import { buildGuestImage, findGuestImage } from '../image/build.ts';
import { IMAGE_STAGE_TEXT } from '../image/progress.ts';
import { languageOf } from './enter/text.mjs';
import { hostPaths } from './paths.ts';

const NOT_THERE = 3;

async function check(): Promise<number> {
  const image = await findGuestImage(hostPaths());
  return image === undefined ? NOT_THERE : 0;
}

/** Progress goes out as lines in double brackets; enter/image.mjs shows them. */
async function build(): Promise<number> {
  const language = languageOf(process.env);
  try {
    await buildGuestImage({
      cacheDir: hostPaths().cacheDir,
      onProgress: ({ stage, fraction }) =>
        console.log(`[[${Math.round(fraction * 100)} % ${IMAGE_STAGE_TEXT[stage][language]}]]`),
      onBroken: (flaw) => console.log(`[[${flaw}]]`),
    });
    return 0;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return 1;
  }
}

process.exitCode = process.argv[2] === 'check' ? await check() : await build();
