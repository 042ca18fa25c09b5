// What the server says on the terminal it was started from, in the language of that terminal.

const WORDS = {
  preparing: { ko: '가상 머신을 준비하는 중입니다 …', en: 'Preparing the virtual machine …' },
  bakeWaiting: { ko: '다른 서버가 만드는 중이라 기다립니다', en: 'Another server is making it; waiting' },
  bakeBoot: { ko: '리눅스를 부팅합니다', en: 'Booting Linux' },
  bakeImages: { ko: '컨테이너 이미지를 넣습니다', en: 'Loading the container images' },
  bakeRehearse: { ko: '자주 쓰는 동작을 미리 익힙니다', en: 'Rehearsing what learners do most' },
  bakeQuiet: { ko: '조용해질 때까지 기다립니다', en: 'Waiting until it is quiet' },
  bakeSnapshot: { ko: '메모리와 디스크를 저장합니다', en: 'Keeping its memory and disk' },
  address: { ko: '브라우저에서 열어 주세요:  {url}', en: 'Open in a browser:  {url}' },
  acceleratorKvm: { ko: '하드웨어 가상화(KVM)를 사용합니다.', en: 'Using hardware virtualisation (KVM).' },
  acceleratorTcg: {
    ko: 'KVM을 쓸 수 없어 소프트웨어 에뮬레이션으로 동작합니다. 조금 느리지만 모든 기능이 그대로입니다.',
    en: 'KVM is not usable here, so machines are emulated in software: slower, but complete.',
  },
  leaving: {
    ko: '서버를 멈춥니다. 학습자의 머신은 10분 동안 그대로 남으며, 다시 시작하면 이어집니다. 머신까지 모두 끝내려면 Ctrl-C를 한 번 더 누르세요.',
    en: 'Stopping the server. Machines live on for ten minutes, and a new start takes them up again. Press Ctrl-C once more to end them too.',
  },
  closing: { ko: '머신을 모두 끝내는 중입니다 …', en: 'Ending all machines …' },
  closed: { ko: '모두 끝냈습니다.', en: 'Everything has ended.' },
} as const;

export type Word = keyof typeof WORDS;

export function words(env: Readonly<Record<string, string | undefined>>): (word: Word, url?: string) => string {
  const locale = /^ko/i.test(env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG'] || '') ? 'ko' : 'en';
  return (word, url = '') => WORDS[word][locale].replace('{url}', url);
}
