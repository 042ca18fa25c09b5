// What the preview says itself, in both languages: nothing listens, the machine rests, the address is no more.

export type PreviewTrouble = 'unknown' | 'asleep' | 'refused' | 'slow' | 'broken' | 'busy';

type Entry = {
  readonly status: number;
  readonly ko: readonly [string, string];
  readonly en: readonly [string, string];
};

const TROUBLES: Readonly<Record<PreviewTrouble, Entry>> = {
  unknown: {
    status: 404,
    ko: [
      '이 주소는 이제 쓰이지 않습니다',
      '서버가 다시 시작되었거나 머신이 바뀌었습니다. 실습 페이지의 포트 목록에서 다시 열어 주십시오.',
    ],
    en: [
      'This address leads nowhere any more',
      'The server was restarted, or the machine is another one. Open it again from the list of ports on the lab’s page.',
    ],
  },
  asleep: {
    status: 503,
    ko: [
      '머신이 쉬고 있습니다',
      '실습 페이지를 열면 머신이 깨어나 하던 일을 이어 갑니다. 깨어난 뒤 이 페이지를 새로 고쳐 주십시오.',
    ],
    en: ['The machine is resting', 'It wakes and goes on when its lab’s page is open. Reload this page then.'],
  },
  refused: {
    status: 502,
    ko: [
      '{port}번 포트에서 아무도 듣고 있지 않습니다',
      '프로그램이 끝났거나 아직 시작하는 중입니다. 터미널에서 `ss -tln`으로 열려 있는 포트를 확인해 보십시오.',
    ],
    en: [
      'Nothing listens on port {port}',
      'The program has ended or is still starting. In the terminal, `ss -tln` shows the ports that are open.',
    ],
  },
  slow: {
    status: 504,
    ko: ['{port}번 포트의 프로그램이 대답하지 않습니다', '연결은 되었지만 제시간에 응답이 오지 않았습니다.'],
    en: ['The program on port {port} does not answer', 'It took the connection, but no answer came in time.'],
  },
  broken: {
    status: 502,
    ko: [
      '{port}번 포트의 응답을 HTTP로 읽을 수 없습니다',
      'HTTP가 아닌 프로그램이거나, 응답을 보내는 도중에 연결이 끊어졌습니다.',
    ],
    en: ['What port {port} answers is no HTTP', 'It speaks something else, or it hung up in the middle of its answer.'],
  },
  busy: {
    status: 503,
    ko: ['한꺼번에 연결이 너무 많습니다', '열려 있는 미리 보기를 몇 개 닫은 다음 다시 시도해 주십시오.'],
    en: ['Too many connections at once', 'Close some of the previews that are open and try again.'],
  },
};

export function troubleStatus(trouble: PreviewTrouble): number {
  return TROUBLES[trouble].status;
}

/** A page that needs nothing else: the browser may load nothing from this name but what the guest serves. */
export function troublePage(trouble: PreviewTrouble, port: number, korean: boolean): string {
  const { ko, en } = TROUBLES[trouble];
  const part = (lang: 'ko' | 'en', [title, text]: readonly [string, string]): string =>
    `<section lang="${lang}"><h1>${marked(title, port)}</h1><p>${marked(text, port)}</p></section>`;
  const parts = korean ? [part('ko', ko), part('en', en)] : [part('en', en), part('ko', ko)];
  const title = marked((korean ? ko : en)[0], port);
  return `<!doctype html><html lang="${korean ? 'ko' : 'en'}"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>${title}</title><style>${STYLE}</style>${parts.join('')}`;
}

function marked(text: string, port: number): string {
  return text.replaceAll('{port}', String(port)).replaceAll(/`([^`]+)`/g, '<code>$1</code>');
}

const STYLE = `body{font:17px/1.7 Pretendard,system-ui,sans-serif;max-width:38rem;margin:12vh auto;padding:0 1.5rem;word-break:keep-all;background:#fbf8f1;color:#22201c}
h1{font-size:1.35rem;margin:0 0 .4rem}section+section{margin-top:2.5rem;padding-top:2rem;border-top:1px solid #8886}section+section h1{font-size:1.1rem}
@media(prefers-color-scheme:dark){body{background:#12161f;color:#e9e6df}}`;
