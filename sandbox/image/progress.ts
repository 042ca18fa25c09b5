// The stages of building a guest image, with the words a person sees while waiting.

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

/** `fraction` of the whole build, 0 to 1, from the stages' usual durations. */
export type ImageProgress = { readonly stage: ImageStage; readonly fraction: number; readonly elapsedMs: number };
