// A terminal's recording as an asciicast v2 file (asciinema's format): one JSON value a line. Pure.
import type { Recording } from '../../../sandbox/session/terminal.ts';
import type { RecordingEvent, RecordingHeader } from '../../api/recording.ts';

/** Without any output it begins at `nowMs`. */
export function asciicast({ size, whole, events }: Recording, title: string, nowMs: number): string {
  // Whole seconds in the header, so that the events' times keep their milliseconds.
  const startMs = Math.floor((events[0]?.atMs ?? nowMs) / 1000) * 1000;
  const header: RecordingHeader = {
    version: 2,
    width: size.cols,
    height: size.rows,
    timestamp: startMs / 1000,
    title,
    env: { TERM: 'xterm-256color', SHELL: '/bin/bash' },
    whole,
  };
  // A character may be cut by the borders of what came at once.
  const decoder = new TextDecoder();
  const lines = events.map((event): RecordingEvent => {
    const seconds = Math.max(0, event.atMs - startMs) / 1000;
    if ('size' in event) return [seconds, 'r', `${event.size.cols}x${event.size.rows}`];
    return [seconds, 'o', decoder.decode(event.bytes, { stream: true })];
  });
  return [header, ...lines].map((line) => `${JSON.stringify(line)}\n`).join('');
}
