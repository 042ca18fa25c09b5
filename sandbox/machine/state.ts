// The life of a machine: the union of its states, a diagram and the pure transition function.
//
//   requested ──► starting ──► ready ◄──► paused
//       │            │          │ ▲          │
//       │            │          ▼ │          ▼
//       │            │       hibernated ◄────┘
//       ▼            ▼          ▼
//     closed ◄──── closing ◄────┘  (from every state)
//
// A checkpoint leaves the state as it is; rewinding to one ends in ready.
// States only move forward, apart from the rest positions paused and hibernated. Reset is no transition: it closes
// this machine and takes a fresh one.

export type MachineState = 'requested' | 'starting' | 'ready' | 'paused' | 'hibernated' | 'closing' | 'closed';

export type MachineEvent =
  'start' | 'booted' | 'pause' | 'resume' | 'hibernate' | 'wake' | 'checkpoint' | 'rewind' | 'close' | 'gone';

const TABLE: { readonly [S in MachineState]: { readonly [E in MachineEvent]?: MachineState } } = {
  requested: { start: 'starting', close: 'closed', gone: 'closed' },
  starting: { booted: 'ready', close: 'closing', gone: 'closed' },
  ready: {
    pause: 'paused',
    hibernate: 'hibernated',
    checkpoint: 'ready',
    rewind: 'ready',
    close: 'closing',
    gone: 'closed',
  },
  paused: {
    resume: 'ready',
    hibernate: 'hibernated',
    checkpoint: 'paused',
    rewind: 'ready',
    close: 'closing',
    gone: 'closed',
  },
  hibernated: { wake: 'ready', rewind: 'ready', close: 'closing', gone: 'closed' },
  closing: { close: 'closing', gone: 'closed' },
  closed: { close: 'closed', gone: 'closed' },
};

/** The state after `event`, or undefined where the event is illegal in `state`. */
export function next(state: MachineState, event: MachineEvent): MachineState | undefined {
  return TABLE[state][event];
}
