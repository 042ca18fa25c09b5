// Runs a program outside the terminals: its own process group, limits on time and output, output under credit.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { CallValue, Params } from '../protocol/messages.ts';
import type { CallStream } from './call-stream.ts';
import type { Platform } from './platform.ts';

/** A program that is gone may have left a child behind that holds its output open; nobody waits for that one. */
const LINGER_MS = 200;

export async function exec(platform: Platform, params: Params<'exec'>, stream: CallStream): Promise<CallValue<'exec'>> {
  const command = platform.command(params);
  const startedAt = performance.now();
  const child = spawn(command.file, [...command.args], {
    cwd: command.cwd,
    env: { ...command.env },
    detached: true,
    stdio: [params.stdin ? 'pipe' : 'ignore', 'pipe', 'pipe'],
    ...(command.uid === undefined ? {} : { uid: command.uid }),
    ...(command.gid === undefined ? {} : { gid: command.gid }),
  });
  const exited = exitOf(child);
  // before anything is awaited: the input is on its way already
  if (params.stdin) feed(child, stream);
  const kill = (): void => killGroup(child);
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    kill();
  }, params.timeoutMs);
  stream.signal.addEventListener('abort', kill);
  try {
    await started(child);
    if (child.pid !== undefined) platform.settle(child.pid, params.nice);
    const budget = { left: params.maxOutputBytes, truncated: false };
    const lanes = Promise.all([drain(child.stdout, 1, budget, stream), drain(child.stderr, 2, budget, stream)]);
    const { exitCode, signal } = await exited;
    await Promise.race([lanes, lingering(child, lanes)]);
    await Promise.all([stream.end(1), stream.end(2)]);
    return { exitCode, signal, timedOut, truncated: budget.truncated, wallMs: performance.now() - startedAt };
  } finally {
    clearTimeout(timer);
    stream.signal.removeEventListener('abort', kill);
    child.stdin?.destroy();
    child.stdout?.destroy();
    child.stderr?.destroy();
  }
}

function started(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
}

function exitOf(child: ChildProcess): Promise<{ exitCode: number | null; signal: string | null }> {
  return new Promise((resolve) => {
    child.once('exit', (exitCode, signal) => resolve({ exitCode, signal }));
  });
}

/** Ends the wait for output shortly after the program's end, unless it is only the host that is slow. */
function lingering(child: ChildProcess, lanes: Promise<unknown>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      child.stdout?.destroy();
      child.stderr?.destroy();
      void lanes.finally(resolve);
    }, LINGER_MS);
    void lanes.finally(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** Sends one output lane; past the budget it is read on and dropped, so that the program does not block. */
async function drain(
  output: Readable | null,
  lane: number,
  budget: { left: number; truncated: boolean },
  stream: CallStream,
): Promise<void> {
  if (output === null) return;
  try {
    for await (const chunk of output as AsyncIterable<Buffer>) {
      const kept = chunk.subarray(0, budget.left);
      budget.left -= kept.length;
      if (kept.length < chunk.length) budget.truncated = true;
      await stream.send(lane, kept);
    }
  } catch {
    // destroyed while lingering, or the call was cancelled: what came is all there is
  }
}

function feed(child: ChildProcess, stream: CallStream): void {
  const stdin = child.stdin;
  if (stdin === null) return;
  // a program need not read all of its input
  stdin.on('error', () => undefined);
  stream.onData = (bytes) => {
    stdin.write(Uint8Array.from(bytes), () => stream.consumed(bytes.length));
  };
  stream.onEnd = () => stdin.end();
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // gone already
  }
}
