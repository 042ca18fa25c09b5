// One function per figure of the bench, each on a real server with real machines. Times in ms unless the name says otherwise.
import { setTimeout as delay } from 'node:timers/promises';
import type { ServerMessage } from '../../site/api/socket.ts';
import { Learner } from '../fixtures/learner.ts';
import type { ServerProcess } from '../fixtures/server-process.ts';
import { cpuSeconds, memoryMib, shareOf, tree } from './cost.ts';
import type { MemoryMib } from './cost.ts';

/** The lab whose machines are measured; its first do-task gives the verdicts. */
export const LAB = 'what-load-counts';

/** A learner who can type: `ms` = from the claim's request until the prompt's last byte is in the page and the set-up is done. */
export async function arrive(
  server: ServerProcess,
  lab = LAB,
  timeoutMs = 120_000,
): Promise<{ learner: Learner; ms: number }> {
  const learner = await Learner.arrive(server.origin);
  const began = performance.now();
  await learner.claim(lab);
  await learner.connect();
  const prompted = await learner.prompt(timeoutMs);
  const ready = await learner.until(() => learner.view?.state === 'ready', 'the end of the set-up', timeoutMs);
  return { learner, ms: Math.max(prompted, ready) - began };
}

/** Click to prompt, once per fresh learner. Each machine is closed before the next one is asked for. */
export async function clickToPrompt(server: ServerProcess, times: number): Promise<number[]> {
  const samples: number[] = [];
  for (let n = 0; n < times; n++) {
    const { learner, ms } = await arrive(server);
    samples.push(ms);
    await learner.close();
    await server.endMachines();
  }
  return samples;
}

/** One key at a time at a prompt: from sending it to its echo. */
export async function echo(learner: Learner, keys: number): Promise<number[]> {
  const samples: number[] = [];
  await learner.run('true');
  for (let n = 0; n < keys; n++) {
    learner.forget();
    const began = performance.now();
    learner.type('x');
    samples.push((await learner.until(() => learner.text.includes('x'), 'an echo')) - began);
    // Every 40 keys the line is emptied, so that no line grows past the terminal's width and is redrawn.
    if (n % 40 === 39) {
      learner.forget();
      learner.type('\u0015');
      // Readline erases to the end of the line and prints no prompt again.
      await learner.until(() => learner.text.includes('\u001b[K'), 'the emptied line');
    }
  }
  learner.type('\u0015');
  await learner.run('true');
  return samples;
}

/** Between two commands: nobody types faster, and a task about idle CPUs speaks of the last ten seconds. */
const REST_MS = 8_000;

/** A command's end (its prompt's arrival) to the verdict of the task that a check judged for it. */
export async function verdict(learner: Learner, times: number): Promise<number[]> {
  const samples: number[] = [];
  // Only what is new is told, and a timer's check may have told it first, so a try may go without a verdict.
  for (let tried = 0; samples.length < times && tried < 2 * times; tried++) {
    await delay(REST_MS);
    learner.forget();
    const before = learner.messages.length;
    const since = (fits: (message: ServerMessage) => boolean): boolean =>
      learner.messages.slice(before).some(({ message }) => fits(message));
    // The first do-task counts the sleepers.
    learner.type('sleep 3000 &\r');
    const ended = await learner.until(
      () => since((message) => message.type === 'prompt' && message.free),
      'the end of the command',
    );
    const told = (): boolean => since((message) => message.type === 'verdict' && message.verdict.cause === 'command');
    const judged = await learner.until(told, 'a verdict', 15_000).catch(() => undefined);
    if (judged !== undefined) samples.push(judged - ended);
  }
  if (samples.length === 0) throw new Error('no verdict came by itself');
  await learner.run('kill $(jobs -p); wait 2> /dev/null');
  return samples;
}

/** Bytes that reach the page per second while a file of `mib` MiB of text is written to the terminal, in MB/s. */
export async function throughput(learner: Learner, mib: number): Promise<number> {
  await learner.run(`seq 1 100000000 | head -c ${String(mib)}M > /tmp/text`, 120_000);
  learner.keepText = false;
  const from = learner.bytes;
  const began = performance.now();
  learner.type('cat /tmp/text\r');
  await learner.until(() => learner.bytes - from >= mib * 1024 * 1024, 'the file', 300_000);
  const seconds = (performance.now() - began) / 1000;
  const bytes = learner.bytes - from;
  learner.keepText = true;
  await learner.run('true');
  return bytes / 1e6 / seconds;
}

/** Ctrl-C under `yes`: from the key to the prompt. */
export async function interrupt(learner: Learner, times: number): Promise<number[]> {
  const samples: number[] = [];
  for (let n = 0; n < times; n++) {
    const from = learner.bytes;
    learner.keepText = false;
    learner.type('yes\r');
    await learner.until(() => learner.bytes - from > 500_000, 'the flood', 60_000);
    learner.keepText = true;
    learner.forget();
    const began = performance.now();
    learner.type('\u0003');
    samples.push((await learner.prompt()) - began);
  }
  return samples;
}

/** Whatever an arrival set going has ended by then. */
const SETTLE_MS = 30_000;

/** What the machines of a server cost while nobody types: percent of one core, and proportional MiB, per machine. */
export async function idle(
  server: ServerProcess,
  seconds: number,
): Promise<{ cpuPercent: number; memory: MemoryMib; machines: number }> {
  await delay(SETTLE_MS);
  // One of them keeps the template's memory for all the others: its cost is shared out as well.
  const trees = await Promise.all((await server.supervisors()).map((pid) => tree(pid)));
  const pids = trees.flat();
  const machines = trees.filter((members) => members.length > 1).length;
  const before = await cpuSeconds(pids);
  const began = performance.now();
  await delay(seconds * 1000);
  const used = (await cpuSeconds(pids)) - before;
  const elapsed = (performance.now() - began) / 1000;
  return {
    cpuPercent: (100 * used) / elapsed / machines,
    memory: shareOf(await memoryMib(pids), machines),
    machines,
  };
}

/** The Reset button to the prompt of the fresh machine, each after `before`. */
export async function reset(
  learner: Learner,
  times: number,
  before = (): Promise<void> => Promise.resolve(),
): Promise<number[]> {
  const samples: number[] = [];
  for (let n = 0; n < times; n++) {
    await before();
    const host = learner.view?.machine?.hostname;
    learner.forget();
    const began = performance.now();
    learner.say({ type: 'reset' });
    await learner.until(
      () => learner.view?.state === 'ready' && learner.view.machine?.hostname !== host,
      'a fresh machine',
    );
    samples.push((await learner.prompt()) - began);
  }
  return samples;
}

/** The server killed and started again: how long typed keys went unanswered. The same shell must answer. */
export async function restartGap(server: ServerProcess, learner: Learner, signal: NodeJS.Signals): Promise<number> {
  await learner.run('uh_mark=kept');
  const began = performance.now();
  await server.signal(signal);
  await server.run();
  const before = learner.messages.length;
  await learner.connect();
  // As the page does, keys wait until the terminal is there again.
  await learner.until(
    () => learner.messages.slice(before).some(({ message }) => message.type === 'attached'),
    'the terminal after the restart',
  );
  learner.forget();
  const text = await learner.run('echo "$uh_mark"');
  if (!text.includes('kept')) throw new Error(`the shell is another one: ${text}`);
  return performance.now() - began;
}

/** Click to prompt where a machine waits: the pool is given time to refill before each. */
export async function pooledToPrompt(server: ServerProcess, times: number): Promise<number[]> {
  const samples: number[] = [];
  for (let n = 0; n < times; n++) {
    await server.warmed(1);
    const { learner, ms } = await arrive(server);
    samples.push(ms);
    await learner.close();
  }
  return samples;
}
