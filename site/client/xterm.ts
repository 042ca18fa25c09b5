// xterm.js and its addons, in a chunk of their own: loaded once a page has a terminal to show.
import { FitAddon } from '@xterm/addon-fit';
import { SearchAddon } from '@xterm/addon-search';
import { UnicodeGraphemesAddon } from '@xterm/addon-unicode-graphemes';
import { WebLinksAddon } from '@xterm/addon-web-links';
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
  void drawWithWebgl(terminal);
  return { terminal, fit, search };
}

/**
 * Where a graphics card draws WebGL 2, it draws the terminal. Without one the browser would compute every pixel, which takes longer
 * than laying out text: there xterm.js keeps its DOM renderer, as it does once the browser takes the context away.
 */
async function drawWithWebgl(terminal: Terminal): Promise<void> {
  if (!hasGraphicsCard()) return;
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

/** Names of what draws without one: Chromium's own, Mesa's two, and what Windows falls back to. */
const IN_SOFTWARE = /swiftshader|llvmpipe|softpipe|software|basic render/i;

function hasGraphicsCard(): boolean {
  const probe = document.createElement('canvas').getContext('webgl2', { failIfMajorPerformanceCaveat: true });
  if (probe === null) return false;
  // Browsers that hide the card's name say nothing of software either.
  const named = probe.getExtension('WEBGL_debug_renderer_info')?.UNMASKED_RENDERER_WEBGL ?? probe.RENDERER;
  const name = String(probe.getParameter(named));
  probe.getExtension('WEBGL_lose_context')?.loseContext();
  return !IN_SOFTWARE.test(name);
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
