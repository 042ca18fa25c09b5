// xterm.js and its addons, in a chunk of their own: loaded once a page has a terminal to show.
import hangulMono from '@fontsource/nanum-gothic-coding/400.css?url';
import { FitAddon } from '@xterm/addon-fit';
import { SearchAddon } from '@xterm/addon-search';
import { UnicodeGraphemesAddon } from '@xterm/addon-unicode-graphemes';
import { WebLinksAddon } from '@xterm/addon-web-links';
import { Terminal, type ITerminalOptions } from '@xterm/xterm';
import { el } from './dom.ts';
import { untilIdle } from './idle.ts';
import { words } from './text.ts';

export type { ITheme } from '@xterm/xterm';
export type Screen = { readonly terminal: Terminal; readonly fit: FitAddon; readonly search: SearchAddon };

/** What scrolls back. The agent keeps about 1 MiB a terminal, some ten thousand lines. */
const SCROLLBACK_LINES = 10_000;

/** A hundred pieces of a face, listed in 50 kB. As an import it would hold up the page's first paint. */
function loadHangulMono(): void {
  if (document.querySelector(`link[href="${hangulMono}"]`) !== null) return;
  document.head.append(el('link', { rel: 'stylesheet', href: hangulMono }));
}

/** A screen that is nowhere yet. Making it and drawing it first are two tasks, so that a tap between them is answered. */
export function makeScreen(options: ITerminalOptions): Screen {
  loadHangulMono();
  const terminal = new Terminal({
    allowProposedApi: true,
    scrollback: SCROLLBACK_LINES,
    linkHandler: { activate: openNamedLink },
    ...options,
  });
  const fit = new FitAddon();
  const search = new SearchAddon();
  terminal.loadAddon(fit);
  terminal.loadAddon(search);
  terminal.loadAddon(new UnicodeGraphemesAddon());
  terminal.loadAddon(new WebLinksAddon(openLink));
  // OSC 52 would let a program in the guest write (and ask for) the learner's clipboard.
  terminal.parser.registerOscHandler(52, () => true);
  return { terminal, fit, search };
}

export function openScreen({ terminal }: Screen, parent: HTMLElement): void {
  terminal.open(parent);
  if (worthWebgl()) void drawWithWebgl(terminal);
}

/** On a phone it costs half a second of the processor before the first key, for a screen of forty columns. */
function worthWebgl(): boolean {
  return matchMedia('(any-pointer: fine)').matches;
}

/**
 * WebGL draws faster, and lines of boxes without gaps. It takes a while to begin, longest where there is no graphics card: the first
 * prompt is drawn as DOM, which is also what remains where there is no WebGL 2, or once the browser takes the context away.
 */
async function drawWithWebgl(terminal: Terminal): Promise<void> {
  await untilIdle(300);
  try {
    const { WebglAddon } = await import('@xterm/addon-webgl');
    // Closed meanwhile.
    if (terminal.element?.isConnected !== true) return;
    const webgl = new WebglAddon();
    webgl.onContextLoss(() => webgl.dispose());
    terminal.loadAddon(webgl);
    // Fonts come in pieces by what is written; glyphs drawn before their piece arrived are drawn again.
    const redraw = (): void => terminal.clearTextureAtlas();
    document.fonts.addEventListener('loadingdone', redraw);
  } catch {
    // The DOM renderer goes on.
  }
}

/** Text in a terminal is the guest's word: only web addresses, and a page opened from one knows nothing of this page. */
function openLink(event: MouseEvent, uri: string): void {
  if (!/^https?:\/\//i.test(uri) || !(event.ctrlKey || event.metaKey || event.button === 0)) return;
  window.open(uri, '_blank', 'noopener,noreferrer');
}

/** A link behind other words (OSC 8) may say one thing and be another: its address is shown first. */
function openNamedLink(event: MouseEvent, uri: string): void {
  if (/^https?:\/\//i.test(uri) && confirm(`${words().terminal.link}\n\n${uri.slice(0, 300)}`)) openLink(event, uri);
}
