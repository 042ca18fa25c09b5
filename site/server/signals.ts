// How the server is told to end: leave the machines running, or end them too.
import type { Word } from './words.ts';

export type Ending = 'detach' | 'close';

/** After a first Ctrl-C there is this long for a second one. */
const SECOND_THOUGHT_MS = 2000;

/** SIGTERM and SIGHUP detach at once; SIGUSR2 (`npm stop`) closes; Ctrl-C detaches unless it comes twice. */
export function endOnSignals(
  say: (word: Word) => void,
  emitter: NodeJS.EventEmitter = process,
  secondThoughtMs = SECOND_THOUGHT_MS,
): Promise<Ending> {
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    const end = (how: Ending): void => {
      clearTimeout(timer);
      resolve(how);
    };
    emitter.on('SIGTERM', () => end('detach'));
    emitter.on('SIGHUP', () => end('detach'));
    emitter.on('SIGUSR2', () => end('close'));
    emitter.on('SIGINT', () => {
      if (timer !== undefined) return end('close');
      say('leaving');
      timer = setTimeout(() => end('detach'), secondThoughtMs);
    });
  });
}
