// What a learner may set about her terminals, as kept in this browser. `uh-settings` on the document says that it changed.
import { readStored, writeStored } from './stored.ts';

export const FONT_SIZE = { smallest: 10, usual: 14.5, largest: 28, step: 1.5 };

export const TERMINAL_THEMES = ['page', 'contrast', 'dichromatic'] as const;
export type TerminalTheme = (typeof TERMINAL_THEMES)[number];

/** When to ask before text of several lines is pasted: each time, only where its lines would run at once, or never. */
export const PASTE_ASKS = ['always', 'unsafe', 'never'] as const;
export type PasteAsk = (typeof PASTE_ASKS)[number];

export type TerminalSettings = {
  readonly fontSize: number;
  readonly theme: TerminalTheme;
  readonly paste: PasteAsk;
  readonly bell: boolean;
  /** xterm.js keeps a copy of the screen that screen readers can walk through */
  readonly screenReader: boolean;
};

export function terminalSettings(): TerminalSettings {
  const size = Number(readStored('font-size'));
  const [theme, paste] = [readStored('terminal-theme'), readStored('paste')];
  return {
    fontSize: size >= FONT_SIZE.smallest && size <= FONT_SIZE.largest ? size : FONT_SIZE.usual,
    theme: TERMINAL_THEMES.find((each) => each === theme) ?? 'page',
    paste: PASTE_ASKS.find((each) => each === paste) ?? 'always',
    bell: readStored('bell') !== 'off',
    screenReader: readStored('screen-reader') === 'on',
  };
}

export function changeSettings(change: Partial<TerminalSettings>): void {
  const now = { ...terminalSettings(), ...change };
  const size = Math.min(FONT_SIZE.largest, Math.max(FONT_SIZE.smallest, now.fontSize));
  writeStored('font-size', size === FONT_SIZE.usual ? undefined : String(size));
  writeStored('terminal-theme', now.theme === 'page' ? undefined : now.theme);
  writeStored('paste', now.paste === 'always' ? undefined : now.paste);
  writeStored('bell', now.bell ? undefined : 'off');
  writeStored('screen-reader', now.screenReader ? 'on' : undefined);
  if (now.theme === 'page') delete document.documentElement.dataset['terminal'];
  else document.documentElement.dataset['terminal'] = now.theme;
  document.dispatchEvent(new CustomEvent('uh-settings'));
}
