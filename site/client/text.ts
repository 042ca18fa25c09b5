// The words that scripts show, in the page's language. The page carries them as JSON; the sentences are in site/src/text.
import type { SessionView } from '../api/socket.ts';
import type { Locale, LocalText } from '../api/labs.ts';

type Stage = NonNullable<SessionView['progress']>['stage'];
type Words<K extends string> = { readonly [key in K]: string };

/** `{name}` in a text is filled with `fill`. */
export type ClientText = {
  readonly stage: Words<Stage>;
  readonly boot: Words<
    'title' | 'queueTitle' | 'queue' | 'queueSoon' | 'queueTurn' | 'attempt' | 'done' | 'now' | 'later'
  >;
  /** what is said over the terminal; `…Title` is its headline */
  readonly notice: Words<
    | 'unreachableTitle'
    | 'unreachable'
    | 'failedTitle'
    | 'failed'
    | 'closedTitle'
    | 'closed'
    | 'expiredTitle'
    | 'expired'
    | 'pausedTitle'
    | 'paused'
    | 'hibernatedTitle'
    | 'hibernated'
    | 'wakingTitle'
    | 'waking'
    | 'rewindingTitle'
    | 'rewinding'
    | 'closingTitle'
    | 'closing'
    | 'goneTitle'
    | 'gone'
    | 'forbiddenTitle'
    | 'forbidden'
    | 'replacedTitle'
    | 'replaced'
    | 'badMessageTitle'
    | 'badMessage'
    | 'fullTitle'
    | 'full'
    | 'noLabTitle'
    | 'noLab'
    | 'brokenTitle'
    | 'broken'
    | 'noXtermTitle'
    | 'noXterm'
    | 'fresh'
    | 'again'
    | 'reload'
    | 'here'
  >;
  readonly link: Words<'idle' | 'connecting' | 'open' | 'waiting' | 'ended'>;
  readonly machine: Words<'kvm' | 'tcg' | 'kvmTip' | 'tcgTip' | 'size' | 'fake'>;
  readonly terminal: Words<
    | 'name'
    | 'ended'
    | 'endedMark'
    | 'close'
    | 'label'
    | 'pasteFull'
    | 'pasteDropped'
    | 'copied'
    | 'find'
    | 'findNext'
    | 'findPrevious'
    | 'findClose'
    | 'findNone'
    | 'findCount'
    | 'fontSize'
    | 'tooMany'
    | 'rename'
    | 'newName'
    | 'link'
  >;
  readonly find: Words<'nothing' | 'count' | 'failed'>;
  readonly paste: Words<'title' | 'bracketed' | 'runs' | 'more'>;
  readonly command: Words<'copy' | 'copied' | 'type' | 'typed' | 'busy' | 'noTerminal' | 'copyFailed'>;
  readonly task: Words<
    | 'locked'
    | 'open'
    | 'committed'
    | 'almost'
    | 'goalHeld'
    | 'goalOpen'
    | 'passed'
    | 'check'
    | 'answer'
    | 'commit'
    | 'choose'
    | 'checking'
    | 'noVerdict'
    | 'empty'
    | 'hint'
    | 'hintOf'
    | 'solution'
    | 'solutionTitle'
    | 'waitsFor'
    | 'unfold'
    | 'fold'
    | 'predicted'
    | 'measured'
    | 'within'
    | 'up'
    | 'down'
    | 'offline'
    | 'errorOutcome'
    | 'committedNote'
    | 'moved'
    | 'explain'
    | 'passedSign'
    | 'passedClose'
  >;
  readonly term: Words<'glossary'>;
  readonly clock: Words<'minutes' | 'hours' | 'soon' | 'extend' | 'extended' | 'over'>;
  readonly transcript: Words<
    'reading' | 'failed' | 'none' | 'count' | 'output' | 'cut' | 'running' | 'ended' | 'endedWith'
  >;
  readonly ports: Words<'count' | 'open' | 'none' | 'noDomain' | 'opened'>;
  readonly keep: Words<
    'none' | 'madeAt' | 'make' | 'again' | 'copy' | 'copied' | 'copyFailed' | 'kept' | 'failed' | 'offline'
  >;
  readonly rewind: Words<'after' | 'start' | 'startNote' | 'kept' | 'none'>;
  readonly progress: Words<'of' | 'done' | 'next'>;
  readonly theme: Words<'light' | 'dark' | 'system' | 'label'>;
  readonly splitter: Words<'value'>;
  readonly start: Words<'continue'>;
};

let cached: ClientText | undefined;

/** The words of this page. Our own build wrote them, so they are taken as they are. */
export function words(): ClientText {
  cached ??= JSON.parse(document.getElementById('uh-text')?.textContent ?? '{}') as ClientText;
  return cached;
}

export function fill(text: string, values: { readonly [name: string]: string | number }): string {
  return text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

export function locale(): Locale {
  return document.documentElement.lang === 'en' ? 'en' : 'ko';
}

export function local(text: LocalText): string {
  return text[locale()];
}
