// What a terminal's transcript shows and hands out: its recording fetched, made a list of commands, and a text to keep. In a chunk of
// its own, loaded once somebody opens a transcript.
import { Terminal } from '@xterm/xterm';
import { ApiError } from '../api/labs.ts';
import { el } from './dom.ts';
import { recordedCommands, type RecordedCommand } from './recorded-commands.ts';
import { fill, local, locale, words } from './text.ts';

export type Transcript = { readonly recording: string; readonly commands: readonly RecordedCommand[] };

/** Rejects with an error whose message is for the reader. */
export async function fetchTranscript(session: string, terminal: number): Promise<Transcript> {
  const url = `/api/sessions/${encodeURIComponent(session)}/terminals/${terminal}/recording`;
  const response = await fetch(url).catch(() => undefined);
  if (response?.ok !== true) {
    const said = ApiError.safeParse(await response?.json().catch(() => undefined));
    throw new Error(said.success ? local(said.data.message) : words().transcript.failed);
  }
  const recording = await response.text();
  const open = (size: { cols: number; rows: number; scrollback: number }): Terminal => new Terminal(size);
  return { recording, commands: await recordedCommands(recording, open) };
}

export function commandList(commands: readonly RecordedCommand[]): HTMLElement[] {
  const text = words().transcript;
  return commands.map((command) => {
    const item = el('li', {}, el('h3', { class: 'transcript-command' }, el('code', {}, command.line)));
    item.append(el('p', { class: 'transcript-note' }, `${timeOf(command)} · ${endOf(command)}`));
    if (command.cut) item.append(el('p', { class: 'transcript-note' }, text.cut));
    if (command.output !== '')
      item.append(el('pre', { class: 'transcript-output', tabindex: 0, 'aria-label': text.output }, command.output));
    return item;
  });
}

/** The same as plain text: each command behind a `$`, what it printed, and how it ended where that was no success. */
export function plainTranscript(title: string, commands: readonly RecordedCommand[]): string {
  const parts = commands.map((command) => {
    const head = `$ ${command.line.replaceAll('\n', '\n> ')}`;
    const foot = command.exitCode === 0 ? [] : [`[${endOf(command)}]`];
    return [head, ...(command.cut ? [`[${words().transcript.cut}]`] : []), command.output, ...foot]
      .filter((line) => line !== '')
      .join('\n');
  });
  return `${[`# ${title}`, ...parts].join('\n\n')}\n`;
}

function endOf({ exitCode }: RecordedCommand): string {
  const text = words().transcript;
  if (exitCode === null) return text.running;
  return exitCode === 0 ? text.ended : fill(text.endedWith, { code: exitCode });
}

function timeOf({ atMs }: RecordedCommand): string {
  return new Date(atMs).toLocaleTimeString(locale());
}

/** Hands a file to the browser, as if it had been downloaded. */
export function save(name: string, type: string, contents: string): void {
  const url = URL.createObjectURL(new Blob([contents], { type }));
  el('a', { href: url, download: name }).click();
  // The browser has taken it by the next turn.
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
