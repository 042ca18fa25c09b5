// Other programs, run to their end: output collected, exit code told, nothing thrown away.
import { spawn, spawnSync } from 'node:child_process';

/** Runs `command` and collects what it says. `options.onLine` hears every line as it comes. */
export function run(command, args, options = {}) {
  const { onLine, ...spawning } = options;
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...spawning });
    let output = '';
    let rest = '';
    const hear = (chunk) => {
      const piece = chunk.toString();
      // The end of a log says what went wrong; its beginning may be megabytes of progress.
      output = (output + piece).slice(-20_000);
      if (onLine === undefined) return;
      const lines = (rest + piece).split(/\r?\n/);
      rest = lines.pop();
      for (const each of lines) onLine(each);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.on('error', (error) => resolve({ ok: false, code: 127, output: output + error.message }));
    child.on('close', (code, signal) => resolve({ ok: code === 0, code: code ?? signalCode(signal), output }));
  });
}

/** A quick question to the system: its standard output, or undefined when the program failed. */
export function ask(command, args) {
  const result = spawnSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  return result.status === 0 ? result.stdout : undefined;
}

const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGKILL: 9, SIGTERM: 15 };

/** What a shell would report. */
export function signalCode(signal) {
  return 128 + (SIGNALS[signal] ?? 0);
}
