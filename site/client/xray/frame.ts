// What stands around a picture: the tabs, the cost, the time scrubber, the same in words. Pure: state in, nodes out.
import { h, type ComponentChild, type VNode } from 'preact';
import { XRAY_VIEWS, type XrayState, type XrayView } from '../../../sandbox/protocol/xray.ts';
import { fill } from '../text.ts';
import { causeOf, type Command } from './commands.ts';
import { KEPT_MS, stretches, until, type Moment } from './history.ts';
import type { Look, Telling } from './look.ts';
import { cut, shape } from './shapes.ts';
import type { XrayText } from './text/text.ts';
import { SIGNS, viewOf } from './views.ts';

export type Size = 'below' | 'instead';
export type PanelState = {
  readonly view: XrayView;
  readonly size: Size;
  readonly past: readonly Moment<XrayState>[];
  /** the moment looked back at, guest's Unix ms; undefined: live */
  readonly held: number | undefined;
  readonly commands: readonly Command[];
  readonly costPercent: number | undefined;
  readonly periodMs: number;
  readonly unavailable: keyof XrayText['unavailable'] | undefined;
  readonly truncated: { readonly shown: number; readonly total: number } | undefined;
  readonly lit: ReadonlySet<string>;
  readonly inWords: boolean;
  readonly path: string;
  readonly width: number;
  readonly height: number;
  readonly places: Look<XrayView>['places'];
};
export type PanelActs = {
  readonly show: (view: XrayView) => void;
  readonly size: (size: Size) => void;
  readonly close: () => void;
  /** seconds before now; 0: live */
  readonly hold: (secondsAgo: number) => void;
  /** the first moment of what a command did */
  readonly holdFrom: (command: Command) => void;
  readonly inWords: (open: boolean) => void;
  readonly askPath: (path: string) => void;
};

export function drawPanel(state: PanelState, acts: PanelActs, text: XrayText): VNode {
  const look = lookOf(state, text);
  const told = look === undefined ? undefined : viewOf(state.view).tell(look);
  return shape(
    'section',
    { class: 'xr-panel', 'aria-label': 'X-ray', 'data-size': state.size },
    head(state, acts, text),
    h(
      'div',
      {
        class: 'xr-stage',
        role: 'tabpanel',
        id: 'xr-stage',
        'aria-labelledby': `xr-tab-${state.view}`,
        'aria-describedby': 'xr-told',
      },
      stage(state, text),
      // for who does not see the picture; not announced by itself, read when one wants to
      h('p', { class: 'visually-hidden', id: 'xr-told' }, told?.summary ?? ''),
    ),
    words(state, told, text),
    state.view === 'overlay' ? pathForm(state, acts, text) : null,
    foot(state, acts, text),
  );
}

function head(state: PanelState, acts: PanelActs, text: XrayText): VNode {
  const step = (event: KeyboardEvent): void => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const view =
      by === undefined ? undefined : XRAY_VIEWS.at((XRAY_VIEWS.indexOf(state.view) + by) % XRAY_VIEWS.length);
    if (view === undefined) return;
    event.preventDefault();
    acts.show(view);
    document.getElementById(`xr-tab-${view}`)?.focus();
  };
  const large = state.size === 'instead';
  return shape(
    'div',
    { class: 'xr-head' },
    h(
      'div',
      { role: 'tablist', class: 'xr-tabs', 'aria-label': text.panel.views, onKeyDown: step },
      XRAY_VIEWS.map((view) =>
        h(
          'button',
          {
            key: view,
            type: 'button',
            role: 'tab',
            id: `xr-tab-${view}`,
            'aria-selected': String(view === state.view),
            'aria-controls': 'xr-stage',
            tabindex: view === state.view ? 0 : -1,
            title: text.views[view].title,
            onClick: () => acts.show(view),
          },
          h('svg', { viewBox: '0 0 16 16', 'aria-hidden': 'true' }, h('path', { d: SIGNS[view] })),
          text.views[view].tab,
        ),
      ),
    ),
    h(
      'button',
      {
        type: 'button',
        class: 'icon-button',
        title: large ? text.panel.smaller : text.panel.larger,
        'aria-label': large ? text.panel.smaller : text.panel.larger,
        onClick: () => acts.size(large ? 'below' : 'instead'),
      },
      h(
        'svg',
        { viewBox: '0 0 16 16', 'aria-hidden': 'true' },
        h('path', { d: large ? 'M3 6l5 5 5-5' : 'M3 10l5-5 5 5' }),
      ),
    ),
    h(
      'button',
      {
        type: 'button',
        class: 'icon-button',
        'aria-label': text.panel.close,
        title: text.panel.close,
        onClick: acts.close,
      },
      h('svg', { viewBox: '0 0 16 16', 'aria-hidden': 'true' }, h('path', { d: 'M4 4l8 8M12 4l-8 8' })),
    ),
  );
}

/** What the shown view is drawn from; undefined before the first sample. */
function lookOf(state: PanelState, text: XrayText): Look<XrayView> | undefined {
  const shown = state.held === undefined ? state.past : until(state.past, state.held);
  const past = shown.length === 0 ? state.past.slice(0, 1) : shown;
  return past.length === 0
    ? undefined
    : { past, width: state.width, height: state.height, text, lit: state.lit, places: state.places };
}

function stage(state: PanelState, text: XrayText): VNode {
  const look = lookOf(state, text);
  const message =
    state.unavailable === undefined
      ? look === undefined
        ? text.panel.waiting
        : undefined
      : text.unavailable[state.unavailable];
  return shape(
    'div',
    { class: 'xr-place', 'data-held': String(state.held !== undefined) },
    look === undefined ? null : viewOf(state.view).draw(look),
    message === undefined ? null : h('p', { class: 'xr-message' }, message),
    state.truncated === undefined ? null : h('p', { class: 'xr-message' }, fill(text.panel.truncated, state.truncated)),
  );
}

function pathForm(state: PanelState, acts: PanelActs, text: XrayText): ComponentChild {
  const ask = (event: Event): void => {
    event.preventDefault();
    const form = event.currentTarget;
    if (form instanceof HTMLFormElement) acts.askPath(textOf(new FormData(form).get('path')));
  };
  return h(
    'form',
    { class: 'xr-path', onSubmit: ask },
    h('label', { for: 'xr-path' }, text.panel.pathLabel),
    h('input', {
      id: 'xr-path',
      name: 'path',
      class: 'mono',
      maxLength: 512,
      defaultValue: state.path,
      placeholder: '/etc/hostname',
      autocomplete: 'off',
      spellcheck: false,
    }),
    h('button', { class: 'quiet', type: 'submit' }, text.panel.pathGo),
  );
}

function textOf(field: FormDataEntryValue | null): string {
  return typeof field === 'string' ? field.trim() : '';
}

/** Time and its cause, what is pointed at, what looking costs, the way to the words: two rows, so that the picture has the rest. */
function foot(state: PanelState, acts: PanelActs, text: XrayText): VNode {
  const end = state.past.at(-1)?.at ?? 0;
  const time = state.held ?? end;
  const seconds = Math.round((end - time) / 1000);
  const left = (at: number): string => `${Math.round(Math.max(0, 1 - (end - at) / KEPT_MS) * 1000) / 10}%`;
  const cause = causeOf(state.commands, time);
  const when = seconds === 0 ? text.panel.live : fill(text.panel.ago, { time: clock(seconds) });
  const why = cause === undefined ? '' : causeText(cause, time, text);
  return shape(
    'div',
    { class: 'xr-foot' },
    h(
      'button',
      { type: 'button', class: 'xr-live', disabled: state.held === undefined, onClick: () => acts.hold(0) },
      state.held === undefined ? text.panel.live : text.panel.backToLive,
    ),
    h(
      'div',
      { class: 'xr-track-place' },
      stretches(state.past).map(({ from, to }) =>
        h('span', { key: from, class: 'xr-seen', style: `left:${left(from)};right:calc(100% - ${left(to)})` }),
      ),
      h('input', {
        type: 'range',
        min: -KEPT_MS / 1000,
        max: 0,
        step: 1,
        value: -seconds,
        'aria-label': text.panel.time,
        'aria-valuetext': why === '' ? when : `${when}, ${why}`,
        onInput: (event: Event) => {
          if (event.target instanceof HTMLInputElement) acts.hold(-Number(event.target.value));
        },
      }),
      state.commands
        .filter(({ from }) => from > end - KEPT_MS && from <= end)
        .map((command) =>
          h('button', {
            key: `${command.terminal}-${command.from}`,
            type: 'button',
            class: 'xr-mark',
            tabindex: -1,
            'aria-hidden': 'true',
            'data-failed': (command.exitCode ?? 0) !== 0 || undefined,
            style: `left:${left(command.from)}`,
            title: cut(command.line, 80),
            onClick: () => acts.holdFrom(command),
          }),
        ),
    ),
    h('span', { class: 'xr-cost', title: text.panel.costTip }, costText(state, text)),
    h(
      'p',
      { class: 'xr-info' },
      // filled by the inspector
      h('span', { class: 'xr-inspector', 'aria-hidden': 'true' }),
      h(
        'span',
        { class: 'xr-when' },
        state.held === undefined ? null : h('b', {}, when),
        state.held === undefined || why === '' ? null : ' · ',
        why === '' ? (state.held === undefined ? text.panel.hint : null) : coded(why),
      ),
    ),
    h(
      'button',
      {
        type: 'button',
        class: 'xr-words-button',
        'aria-expanded': String(state.inWords),
        'aria-controls': 'xr-words',
        onClick: () => acts.inWords(!state.inWords),
      },
      text.panel.asText,
    ),
  );
}

function clock(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

function causeText(cause: Command, time: number, text: XrayText): string {
  const line = cut(cause.line, 48).replaceAll('`', '′');
  if (cause.to === undefined || cause.to > time) return fill(text.panel.commandRuns, { line });
  return (cause.exitCode ?? 0) === 0
    ? fill(text.panel.command, { line })
    : fill(text.panel.commandFailed, { line, code: cause.exitCode ?? 0 });
}

function coded(sentence: string): (VNode | string)[] {
  return sentence.split('`').map((piece, index) => (index % 2 === 1 ? shape('code', {}, piece) : piece));
}

function costText(state: PanelState, text: XrayText): string {
  if (state.costPercent === undefined) return '';
  const percent = state.costPercent < 10 ? state.costPercent.toFixed(1) : state.costPercent.toFixed(0);
  const slower =
    state.periodMs > 1_600 ? ` · ${fill(text.panel.slower, { s: Math.round(state.periodMs / 1000) })}` : '';
  return fill(text.panel.cost, { percent }) + slower;
}

/** The same in words, for whoever wants to read it. */
function words(state: PanelState, told: Telling | undefined, text: XrayText): ComponentChild {
  if (!state.inWords || told === undefined) return null;
  return h(
    'div',
    { class: 'xr-words', id: 'xr-words', role: 'region', 'aria-label': text.panel.asText, tabindex: 0 },
    h('p', {}, told.summary),
    h(
      'div',
      { class: 'table-frame' },
      h(
        'table',
        {},
        h(
          'thead',
          {},
          h(
            'tr',
            {},
            told.columns.map((column) => h('th', { scope: 'col' }, column)),
          ),
        ),
        h(
          'tbody',
          {},
          told.rows.map((row) =>
            h(
              'tr',
              {},
              row.map((field) => h('td', {}, field)),
            ),
          ),
        ),
      ),
    ),
  );
}
