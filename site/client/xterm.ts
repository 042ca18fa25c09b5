// xterm.js and its addons, in a chunk of their own: loaded once a page has a terminal to show.
import { FitAddon } from '@xterm/addon-fit';
import { SearchAddon } from '@xterm/addon-search';
import { UnicodeGraphemesAddon } from '@xterm/addon-unicode-graphemes';
import { WebLinksAddon } from '@xterm/addon-web-links';
import { WebglAddon } from '@xterm/addon-webgl';
import { Terminal, type ITerminalOptions } from '@xterm/xterm';
import { words } from './text.ts';

export type { ITheme } from '@xterm/xterm';
export type Screen = { readonly terminal: Terminal; readonly fit: FitAddon; readonly search: SearchAddon };

/** What scrolls back. The agent keeps about 1 MiB a terminal, some ten thousand lines. */
const SCROLLBACK_LINES = 10_000;

export function openScreen(parent: HTMLElement, options: ITerminalOptions): Screen {
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
  terminal.open(parent);
  drawWithWebgl(terminal);
  return { terminal, fit, search };
}

/** The DOM renderer is what remains where there is no WebGL 2, or once the browser takes the context away. */
function drawWithWebgl(terminal: Terminal): void {
  try {
    const webgl = new WebglAddon();
    webgl.onContextLoss(() => webgl.dispose());
    terminal.loadAddon(webgl);
    // Fonts come in pieces by what is written; glyphs drawn before their piece arrived are drawn again.
    const redraw = (): void => terminal.clearTextureAtlas();
    document.fonts.addEventListener('loadingdone', redraw);
  } catch {
    // no WebGL 2
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
