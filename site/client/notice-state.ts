// What is said over the terminal: from the session's state, the connection and a failed request to one notice, or none.
import type { SessionView } from '../api/socket.ts';
import type { EndReason, Link } from './connection-state.ts';

export type NoticeKey =
  | 'unreachable'
  | 'failed'
  | 'closed'
  | 'expired'
  | 'paused'
  | 'hibernated'
  | 'waking'
  | 'rewinding'
  | 'closing'
  | 'gone'
  | 'forbidden'
  | 'replaced'
  | 'badMessage'
  | 'full'
  | 'noLab'
  | 'broken'
  | 'noXterm';

/** `fresh` takes a new machine, `again` asks once more, `here` takes the connection back, `reload` loads the page. */
export type NoticeAction = 'fresh' | 'again' | 'here' | 'reload';

export type Notice = { readonly key: NoticeKey; readonly action: NoticeAction | undefined };

export type Situation = {
  readonly session: Pick<SessionView, 'state' | 'reason'> | undefined;
  readonly link: Link;
  readonly end: EndReason | undefined;
  /** code of the request that failed last, undefined once one worked */
  readonly failure: string | undefined;
};

/** So many failed attempts (about three seconds) are a server that restarts; more are worth a word over the terminal. */
const PATIENCE_ATTEMPTS = 6;

const BOOTING = new Set<SessionView['state']>(['queued', 'starting', 'setting-up']);

export function isBooting(state: SessionView['state']): boolean {
  return BOOTING.has(state);
}

export function noticeFor({ session, link, end, failure }: Situation): Notice | undefined {
  if (failure !== undefined) return forFailure(failure);
  if (link.status === 'ended' && end !== undefined) {
    const action = { gone: 'fresh', forbidden: 'reload', replaced: 'here', badMessage: 'reload' } as const;
    return { key: end, action: action[end] };
  }
  switch (session?.state) {
    case 'failed':
      return { key: 'failed', action: 'fresh' };
    case 'closed':
      return { key: session.reason === 'expired' ? 'expired' : 'closed', action: 'fresh' };
    case 'closing':
    case 'paused':
    case 'hibernated':
    case 'waking':
    case 'rewinding':
      if (link.status === 'open') return { key: session.state, action: undefined };
      break;
    default:
  }
  if (link.status !== 'open' && link.attempt >= PATIENCE_ATTEMPTS) return { key: 'unreachable', action: 'again' };
  return undefined;
}

function forFailure(code: string): Notice {
  if (code === 'unreachable') return { key: 'unreachable', action: 'again' };
  if (code === 'http-404' || code.includes('lab')) return { key: 'noLab', action: undefined };
  if (code.includes('capacity') || code.includes('full')) return { key: 'full', action: 'again' };
  return { key: 'broken', action: 'again' };
}
