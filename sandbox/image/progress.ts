// The stages of building a guest image, with the words a person sees while waiting, and how far apt has come.

export type ImageStage = 'packages' | 'system' | 'disk' | 'done';

export const IMAGE_STAGE_TEXT: { readonly [S in ImageStage]: { readonly ko: string; readonly en: string } } = {
  packages: { ko: 'Debian 13 패키지를 받아 설치합니다', en: 'Fetching and installing the packages of Debian 13' },
  system: {
    ko: '사용자, 네트워크, 컨테이너 이미지를 설정합니다',
    en: 'Setting up users, network and container images',
  },
  disk: { ko: '디스크 이미지를 만듭니다', en: 'Making the disk image' },
  done: { ko: '게스트 이미지가 준비되었습니다', en: 'The guest image is ready' },
};

/** `fraction` of the whole build, 0 to 1, from the stages' usual durations; it never goes back. */
export type ImageProgress = { readonly stage: ImageStage; readonly fraction: number; readonly elapsedMs: number };

/** When each stage begins, as a share of the whole: measured on two cores with a near mirror. */
const BEGINS: { readonly [S in ImageStage]: number } = { packages: 0, system: 0.92, disk: 0.97, done: 1 };

/** Of installing a package: fetching, unpacking and setting it up take about this share each. */
const STEPS = [
  { line: /^Get:\d+ \S+ \S+ \S+ \S+ \S+ \S+ \[/, share: 0.4 },
  { line: /^Unpacking \S+/, share: 0.35 },
  { line: /^Setting up \S+/, share: 0.25 },
] as const;

export type ProgressMeter = {
  stage(stage: ImageStage): void;
  /** a line of mmdebstrap's verbose output */
  line(line: string): void;
};

/** Reports every new stage and, within `packages`, every further percent. `packages` is how many will be installed, about. */
export function progressMeter(packages: number, report: (stage: ImageStage, fraction: number) => void): ProgressMeter {
  let stage: ImageStage = 'packages';
  let percent = -1;
  const seen = STEPS.map(() => 0);
  const tell = (fraction: number): void => {
    const now = Math.floor(fraction * 100);
    if (now <= percent) return;
    percent = now;
    report(stage, fraction);
  };
  return {
    stage: (next) => {
      stage = next;
      tell(BEGINS[next]);
    },
    line: (line) => {
      const step = STEPS.findIndex((each) => each.line.test(line));
      if (stage !== 'packages' || step === -1) return;
      seen[step] = (seen[step] ?? 0) + 1;
      const done = STEPS.reduce((sum, each, at) => sum + each.share * Math.min(1, (seen[at] ?? 0) / packages), 0);
      tell(BEGINS.packages + (BEGINS.system - BEGINS.packages) * done);
    },
  };
}
