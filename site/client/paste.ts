// Text from the clipboard on its way into a shell: without escape sequences, and asked about when it has several lines.
import { el, part } from './dom.ts';
import type { PasteAsk } from './terminal-settings.ts';
import { fill, words } from './text.ts';

/** A page may have put more on the clipboard than was seen: an escape sequence in it could end bracketed paste early. */
export function cleanPaste(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replaceAll(/\r\n?/g, '\n').replaceAll(/[\x00-\x08\x0b-\x1f\x7f\x80-\x9f]/g, '');
}

/** `bracketed`: the program said that it takes a paste as text, so that a line in it does not run by itself. */
export function asksBeforePaste(text: string, ask: PasteAsk, bracketed: boolean): boolean {
  // One line that was copied with its end is one line.
  if (!text.replace(/\n$/, '').includes('\n') && !(text.endsWith('\n') && !bracketed)) return false;
  return ask === 'always' || (ask === 'unsafe' && !bracketed);
}

const LINES_SHOWN = 12;

/** The lines to paste, as the learner decides; undefined when not. */
export async function confirmPaste(text: string, bracketed: boolean): Promise<string | undefined> {
  const say = words().paste;
  const dialog = part(document, '#paste-dialog', HTMLDialogElement);
  const lines = text.replace(/\n$/, '').split('\n');
  const more = lines.length - LINES_SHOWN;
  part(dialog, '.paste-title', HTMLElement).textContent = fill(say.title, { n: lines.length });
  part(dialog, '.paste-note', HTMLElement).textContent = bracketed ? say.bracketed : say.runs;
  part(dialog, '.paste-text', HTMLElement).replaceChildren(
    lines.slice(0, LINES_SHOWN).join('\n'),
    more > 0 ? el('span', { class: 'paste-more' }, `\n${fill(say.more, { n: more })}`) : '',
  );
  dialog.returnValue = '';
  dialog.showModal();
  await new Promise((resolve) => dialog.addEventListener('close', resolve, { once: true }));
  if (dialog.returnValue === 'paste') return text;
  if (dialog.returnValue === 'line') return lines.map((line) => line.trim()).join(' ');
  return undefined;
}
