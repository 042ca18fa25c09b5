// How the server's process understands signals, with signals of our own.
import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { endOnSignals } from '../../../site/server/signals.ts';
import { words } from '../../../site/server/words.ts';

const NEVER_MS = 3_600_000;

describe('the server', () => {
  it.each([
    ['SIGTERM', 'detach'],
    ['SIGHUP', 'detach'],
    ['SIGUSR2', 'close'],
  ])('told by %s will %s', async (signal, how) => {
    const process = new EventEmitter();
    const ending = endOnSignals(() => undefined, process, NEVER_MS);
    process.emit(signal);
    expect(await ending).toBe(how);
  });

  it('explains after a first Ctrl-C and closes everything after a second', async () => {
    const process = new EventEmitter();
    const said: string[] = [];
    const ending = endOnSignals((word) => said.push(word), process, NEVER_MS);
    process.emit('SIGINT');
    expect(said).toEqual(['leaving']);
    process.emit('SIGINT');
    expect(await ending).toBe('close');
  });

  it('leaves the machines running after a single Ctrl-C', async () => {
    const process = new EventEmitter();
    const ending = endOnSignals(() => undefined, process, 0);
    process.emit('SIGINT');
    expect(await ending).toBe('detach');
  });

  it('speaks the language of its terminal', () => {
    expect(words({ LANG: 'ko_KR.UTF-8' })('closed')).toMatch(/[가-힣]/);
    expect(words({ LANG: 'ko_KR.UTF-8', LC_ALL: 'C' })('address', 'http://x/')).toBe('Open in a browser:  http://x/');
  });
});
