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
  // Asked of an element, since a token may be a pair (`light-dark()`) that only a colour in use is taken from.
  const probe = document.createElement('span');
  document.body.append(probe);
  const token = (name: string): string => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const theme: ITheme = {
    background: token('term-bg'),
    foreground: token('term-fg'),
    cursor: token('term-cursor'),
    cursorAccent: token('term-bg'),
    selectionBackground: token('term-selection'),
  };
  for (const [index, name] of ANSI.entries()) theme[name] = token(`term-${index}`);
  probe.remove();
  return theme;
}
