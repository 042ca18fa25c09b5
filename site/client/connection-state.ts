// The life of a page's connection: states, a diagram and the pure transition function.
//
//          connect            opened
//   idle ─────────► connecting ─────► open
//                     ▲    │ lost      │ lost
//         timer/nudge │    ▼           │
//                     waiting ◄────────┘
//
//   refused (a close code that forbids coming back) and close lead to `ended` from everywhere; only `connect` leaves it.
import { CLOSE } from '../api/socket.ts';

export type LinkStatus = 'idle' | 'connecting' | 'open' | 'waiting' | 'ended';

export type LinkEvent =
  | 'connect'
  | 'opened'
  | 'lost'
  /** the waiting time is over */
  | 'timer'
  /** the network came back, or the page is looked at again: do not wait any longer */
  | 'nudge'
  | 'refused'
  | 'close';

export type Link = {
  readonly status: LinkStatus;
  /** attempts that failed since the connection last worked */
  readonly attempt: number;
};

export const IDLE: Link = { status: 'idle', attempt: 0 };

/** The link after `event`; the same object where the event means nothing in this state. */
export function next(link: Link, event: LinkEvent): Link {
  if (event === 'close' || event === 'refused') {
    return link.status === 'ended' ? link : { status: 'ended', attempt: 0 };
  }
  switch (link.status) {
    case 'idle':
    case 'ended':
      return event === 'connect' ? { status: 'connecting', attempt: 0 } : link;
    case 'connecting':
      if (event === 'opened') return { status: 'open', attempt: 0 };
      if (event === 'lost') return { status: 'waiting', attempt: link.attempt + 1 };
      return link;
    case 'open':
      return event === 'lost' ? { status: 'waiting', attempt: 1 } : link;
    case 'waiting':
      if (event === 'timer' || event === 'nudge' || event === 'connect') return { ...link, status: 'connecting' };
      return link;
  }
}

export type EndReason = keyof typeof CLOSE;

/** Why the server forbids coming back, or undefined when this close code is an ordinary loss. */
export function endReason(code: number): EndReason | undefined {
  for (const [reason, closeCode] of Object.entries(CLOSE)) if (closeCode === code) return reason as EndReason;
  return undefined;
}
