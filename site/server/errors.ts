// Every way the server can fail: code, HTTP status, message. Only those with a learner's message reach a browser as they are.
import type { ApiError, LocalText } from '../api/labs.ts';

type Entry = { readonly status: number; readonly message: LocalText };

const SAFE = {
  'not-found': {
    status: 404,
    message: { ko: '찾는 것이 없습니다.', en: 'There is no such thing here.' },
  },
  'unknown-lab': {
    status: 404,
    message: { ko: '이 과정에 없는 실습입니다.', en: 'This course has no such lab.' },
  },
  'unknown-session': {
    status: 404,
    message: {
      ko: '이 머신은 더 이상 없습니다. 새 머신을 받아 주세요.',
      en: 'This machine is gone. Please take a fresh one.',
    },
  },
  'unknown-task': {
    status: 404,
    message: { ko: '이 실습에 없는 과제입니다.', en: 'This lab has no such task.' },
  },
  'wrong-host': {
    status: 421,
    message: {
      ko: '이 주소로는 서비스하지 않습니다. 서버를 시작할 때 출력된 주소로 접속해 주세요.',
      en: 'The course is not served under this address. Use the one that was printed when the server started.',
    },
  },
  'wrong-origin': {
    status: 403,
    message: { ko: '다른 사이트에서 온 요청은 받지 않습니다.', en: 'Requests from other sites are not accepted.' },
  },
  'no-learner': {
    status: 401,
    message: {
      ko: '쿠키가 없어 누구의 진도인지 알 수 없습니다. 쿠키를 허용하고 페이지를 새로 고쳐 주세요.',
      en: 'Without its cookie we cannot tell whose progress this is. Allow cookies and reload the page.',
    },
  },
  'too-many-claims': {
    status: 429,
    message: {
      ko: '머신을 너무 자주 요청했습니다. 잠시 뒤 다시 시도해 주세요.',
      en: 'Too many machines were asked for in a short time. Try again in a moment.',
    },
  },
  'unknown-code': {
    status: 404,
    message: {
      ko: '이 코드로 이어 갈 수 있는 기록이 없습니다. 잘못 옮겨 적었거나, 그 뒤에 새 코드를 만들었을 수 있습니다.',
      en: 'There is nothing to continue under this code. It may be mistyped, or a newer code has taken its place.',
    },
  },
  'too-many-tries': {
    status: 429,
    message: {
      ko: '너무 자주 시도했습니다. 1분 뒤에 다시 해 주세요.',
      en: 'Too many tries. Wait a minute and try again.',
    },
  },
  'bad-request': {
    status: 400,
    message: { ko: '요청을 이해하지 못했습니다.', en: 'The request could not be understood.' },
  },
  'too-large': {
    status: 413,
    message: { ko: '보낸 내용이 너무 큽니다.', en: 'What was sent is too large.' },
  },
  'task-locked': {
    status: 409,
    message: { ko: '먼저 앞의 과제를 마쳐야 합니다.', en: 'An earlier task has to be done first.' },
  },
  'already-committed': {
    status: 409,
    message: {
      ko: '예상은 한 번 확정하면 바꿀 수 없습니다.',
      en: 'A prediction cannot be changed once it is committed.',
    },
  },
  'unreadable-answer': {
    status: 400,
    message: {
      ko: '답을 읽지 못했습니다. 아직 확정하지 않았으니 고쳐서 다시 보내 주세요.',
      en: 'The answer could not be read. Nothing was committed: correct it and send it again.',
    },
  },
  'no-answer-wanted': {
    status: 409,
    message: { ko: '이 과제는 답을 적지 않습니다.', en: 'This task takes no answer.' },
  },
  'no-attempts-left': {
    status: 409,
    message: { ko: '제출할 수 있는 횟수를 모두 썼습니다.', en: 'All attempts have been used.' },
  },
  'no-hint': {
    status: 409,
    message: { ko: '더 볼 힌트가 없습니다.', en: 'There is no further hint.' },
  },
  'no-solution-yet': {
    status: 403,
    message: {
      ko: '풀이는 몇 번 더 시도한 뒤에 볼 수 있습니다.',
      en: 'The solution can be seen after a few more tries.',
    },
  },
  'machine-not-ready': {
    status: 409,
    message: { ko: '머신이 아직 준비되지 않았습니다.', en: 'The machine is not ready yet.' },
  },
  'no-checkpoint': {
    status: 409,
    message: {
      ko: '그 시점은 더 이상 남아 있지 않습니다.',
      en: 'That moment is not kept any more.',
    },
  },
  'rewind-failed': {
    status: 409,
    message: {
      ko: '머신을 되돌리지 못했습니다. 진도는 그대로이니, 다시 해 보거나 머신을 초기화해 주세요.',
      en: 'The machine could not be taken back. Your progress is kept: try again, or reset the machine.',
    },
  },
  'terminal-refused': {
    status: 409,
    message: { ko: '터미널을 더 열 수 없습니다.', en: 'No further terminal can be opened.' },
  },
  internal: {
    status: 500,
    message: {
      ko: '서버에서 문제가 생겼습니다. 진도는 저장되어 있습니다.',
      en: 'Something went wrong on the server. Your progress is kept.',
    },
  },
} as const satisfies Record<string, Entry>;

export type LearnerErrorCode = keyof typeof SAFE;

/** An error whose message is meant for the learner. */
export class LearnerError extends Error {
  readonly code: LearnerErrorCode;
  readonly status: number;

  constructor(code: LearnerErrorCode, options?: ErrorOptions) {
    super(SAFE[code].message.en, options);
    this.name = 'LearnerError';
    this.code = code;
    this.status = SAFE[code].status;
  }
}

export function learnerMessage(code: LearnerErrorCode): LocalText {
  return SAFE[code].message;
}

/** What a browser is told about any error. */
export function asApiError(error: unknown): { readonly status: number; readonly body: ApiError } {
  const code = error instanceof LearnerError ? error.code : fastifyCode(error);
  const { status, message } = SAFE[code];
  return { status, body: { code, message } };
}

/** Fastify's own errors carry a status; what it says in words stays in the log. */
function fastifyCode(error: unknown): LearnerErrorCode {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
  if (status === 413) return 'too-large';
  if (status === 404) return 'not-found';
  return typeof status === 'number' && status >= 400 && status < 500 ? 'bad-request' : 'internal';
}

const START = {
  'config-invalid': 'The configuration cannot be used.',
  'port-taken': 'The port is taken.',
  'address-unavailable': 'The address cannot be bound.',
  'database-broken': 'The database is damaged.',
  'database-newer': 'The database was written by a newer version.',
  'database-unwritable': 'The database cannot be opened.',
  'site-missing': 'The site has not been built.',
  'image-missing': 'The guest image has not been built.',
  'already-running': 'A server is running already.',
} as const;

export type StartErrorCode = keyof typeof START;

/** Why the server does not start; `advice` is what the person at the terminal can do. */
export class StartError extends Error {
  readonly code: StartErrorCode;
  readonly advice: string;

  constructor(code: StartErrorCode, detail: string, advice: string, options?: ErrorOptions) {
    super(`${START[code]} ${detail}`, options);
    this.name = 'StartError';
    this.code = code;
    this.advice = advice;
  }
}
