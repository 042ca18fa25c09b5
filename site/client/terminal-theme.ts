// The terminal's colours, read from the page's tokens so that both themes are kept in one place (styles/tokens.css).
import type { ITheme } from './xterm.ts';

const ANSI = [
  'black',
  'red',
  'green',
  'yellow',
  'blue',
  'magenta',
  'cyan',
  'white',
  'brightBlack',
  'brightRed',
  'brightGreen',
  'brightYellow',
  'brightBlue',
  'brightMagenta',
  'brightCyan',
  'brightWhite',
] as const;

export function terminalTheme(): ITheme {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  const theme: ITheme = {
    background: token('term-bg'),
    foreground: token('term-fg'),
    cursor: token('term-cursor'),
    cursorAccent: token('term-bg'),
    selectionBackground: token('term-selection'),
  };
  for (const [index, name] of ANSI.entries()) theme[name] = token(`term-${index}`);
  return theme;
}
