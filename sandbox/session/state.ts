// The life of a session (one learner's hold on one machine): the union of its states, a diagram and the pure transitions.
//
//   queued ◄──► starting ──► setting-up ──► ready ◄──► paused
//                  ▲             │           │ ▲          │
//                  └── (again) ──┘           ▼ │          ▼
//                                   hibernated └─ waking  │
//                                     ▲   └────────► ▲    │
//                                     └──────────────┼────┘
//   ready, paused, hibernated ──► rewinding ──► ready     (and back to hibernated where it failed half-way)
//   every state ──► closing ──► closed      every living state ──► failed
//
// `failed` keeps its reason for the page, which then offers a fresh machine: that is a new session.

export type SessionState =
  | 'queued'
  | 'starting'
  | 'setting-up'
  | 'ready'
  | 'paused'
  | 'hibernated'
  | 'waking'
  | 'rewinding'
  | 'closing'
  | 'closed'
  | 'failed';

export type SessionEvent =
  /** the host is full, the source keeps us in its queue */
  | 'queue'
  | 'start'
  /** a machine is ours */
  | 'took'
  | 'set-up'
  /** the set-up failed: once more, on a fresh machine */
  | 'again'
  | 'pause'
  | 'resume'
  | 'hibernate'
  | 'wake'
  | 'woke'
  /** back to a checkpoint */
  | 'rewind'
  | 'rewound'
  | 'close'
  | 'gone'
  | 'fail';

const END = { close: 'closing', gone: 'closed', fail: 'failed' } as const;

const TABLE: { readonly [S in SessionState]: { readonly [E in SessionEvent]?: SessionState } } = {
  queued: { queue: 'queued', start: 'starting', took: 'setting-up', ...END },
  starting: { queue: 'queued', start: 'starting', took: 'setting-up', ...END },
  'setting-up': { 'set-up': 'ready', again: 'starting', ...END },
  ready: { pause: 'paused', hibernate: 'hibernated', rewind: 'rewinding', ...END },
  paused: { resume: 'ready', hibernate: 'hibernated', rewind: 'rewinding', ...END },
  hibernated: { wake: 'waking', rewind: 'rewinding', ...END },
  waking: { woke: 'ready', hibernate: 'hibernated', ...END },
  rewinding: { rewound: 'ready', hibernate: 'hibernated', ...END },
  closing: { close: 'closing', gone: 'closed' },
  closed: { close: 'closed', gone: 'closed' },
  failed: { close: 'closing', fail: 'failed' },
};

/** The state after `event`, or undefined where the event is illegal in `state`. */
export function next(state: SessionState, event: SessionEvent): SessionState | undefined {
  return TABLE[state][event];
}

/** Whether the learner still has, or will have, a machine in this session. */
export function isLive(state: SessionState): boolean {
  return state !== 'closing' && state !== 'closed' && state !== 'failed';
}
