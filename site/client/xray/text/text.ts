// The shape of what the X-ray says. Loaded with it, in the page's language only; both languages satisfy it.
import type { NamespaceKind } from '../../../../sandbox/protocol/xray/parts.ts';
import type { EntryKind } from '../../../../sandbox/protocol/xray/overlay.ts';
import type { NetInterface, NetNamespace, ProblemCode } from '../../../../sandbox/protocol/xray/network-path.ts';
import type { ChainRole } from '../../../../sandbox/protocol/xray/runtime-chain.ts';
import type { XrayMessage, XrayView } from '../../../../sandbox/protocol/xray.ts';

type Words<K extends string> = { readonly [key in K]: string };
type Reason = Extract<XrayMessage, { kind: 'unavailable' }>['reason'];

/** `{name}` is filled in. */
export type XrayText = {
  /** `tab`: one or two words; `title`: what the picture shows */
  readonly views: { readonly [V in XrayView]: Words<'tab' | 'title'> };
  readonly panel: Words<
    | 'views'
    | 'larger'
    | 'smaller'
    | 'close'
    | 'cost'
    | 'costTip'
    | 'slower'
    | 'waiting'
    | 'paused'
    | 'asText'
    | 'time'
    | 'live'
    | 'backToLive'
    | 'ago'
    | 'command'
    | 'commandRuns'
    | 'commandFailed'
    | 'pathLabel'
    | 'pathGo'
    | 'hint'
    | 'truncated'
  >;
  readonly unavailable: Words<Reason>;
  readonly now: string;
  readonly more: string;
  readonly ours: string;
  readonly runQueue: Words<
    | 'counted'
    | 'idle'
    | 'sleepLane'
    | 'noSleepers'
    | 'running'
    | 'waiting'
    | 'sleeping'
    | 'share'
    | 'cpus'
    | 'sample'
    | 'sampleAbout'
    | 'one'
    | 'five'
    | 'fifteen'
    | 'loadAbout'
    | 'next'
    | 'pressureAbout'
    | 'loads'
    | 'task'
    | 'state'
    | 'isRunning'
    | 'isWaiting'
    | 'isSleeping'
  > & { readonly pressure: Words<'cpu' | 'memory' | 'io'> };
  readonly vmstat: Words<'tasks' | 'column' | 'value' | 'meaningHead'> & {
    readonly group: Words<'procs' | 'memory' | 'swap' | 'io' | 'system' | 'cpu'>;
    readonly meaning: { readonly [column: string]: string };
  };
  readonly processTree: Words<
    | 'passed'
    | 'defunct'
    | 'threads'
    | 'zombieAbout'
    | 'numbers'
    | 'container'
    | 'sameSpaces'
    | 'ownSpaces'
    | 'summary'
    | 'level'
    | 'name'
    | 'stateHead'
    | 'threadsHead'
  > & { readonly state: { readonly [letter: string]: string } };
  readonly namespaces: Words<
    | 'allShared'
    | 'own'
    | 'inner'
    | 'container'
    | 'machine'
    | 'terminal'
    | 'initial'
    | 'initialShort'
    | 'apart'
    | 'members'
    | 'summary'
    | 'group'
  > & { readonly kind: Words<NamespaceKind> };
  readonly cgroups: Words<
    'noLimit' | 'throttled' | 'killed' | 'refused' | 'processes' | 'frozen' | 'summary' | 'group' | 'processesHead'
  > & { readonly file: Words<'cpu.max' | 'memory.max' | 'pids.max'> };
  readonly runtimeChain: Words<
    | 'empty'
    | 'noContainer'
    | 'adopted'
    | 'parentOf'
    | 'unseen'
    | 'lives'
    | 'ended'
    | 'born'
    | 'lifetimes'
    | 'bar'
    | 'summary'
    | 'roleHead'
    | 'name'
    | 'stateHead'
  > & {
    readonly role: Words<ChainRole>;
    readonly about: Words<'engine' | 'monitor' | 'runtime' | 'container'>;
  };
  readonly overlay: Words<
    | 'legend'
    | 'empty'
    | 'merged'
    | 'mergedShort'
    | 'upper'
    | 'upperShort'
    | 'readOnly'
    | 'untouched'
    | 'entries'
    | 'lowerHead'
    | 'lower'
    | 'lowerShort'
    | 'shared'
    | 'images'
    | 'nowhere'
    | 'fromUpper'
    | 'fromLower'
    | 'summary'
    | 'mount'
    | 'what'
    | 'path'
  > & { readonly kind: Words<EntryKind> };
  readonly network: Words<
    | 'up'
    | 'down'
    | 'noCarrier'
    | 'noAddress'
    | 'plugged'
    | 'counters'
    | 'listens'
    | 'published'
    | 'byProcess'
    | 'process'
    | 'missing'
    | 'matched'
    | 'translated'
    | 'flow'
    | 'summary'
    | 'whole'
    | 'namespace'
    | 'device'
    | 'kindHead'
    | 'address'
    | 'stateHead'
  > & {
    readonly role: Words<NetNamespace['role']>;
    readonly nic: Words<NetInterface['kind']>;
    readonly problem: Words<ProblemCode>;
  };
};
