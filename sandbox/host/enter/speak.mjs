// How set-up talks: steps that rewrite one line on a terminal and are plain lines elsewhere, and failures that end it.
import { languageOf, sentence } from './text.mjs';

const language = languageOf(process.env);

export function text(id, values) {
  return sentence(language, id, values);
}

/** A failure that the reader can do something about: printed without a stack. */
export class SetupError extends Error {
  constructor(id, values, detail) {
    super(text(id, values));
    this.name = 'SetupError';
    /** what a program said, shown below the message */
    this.detail = detail;
  }
}

/** A result: on standard output. */
export function line(message) {
  process.stdout.write(`${message}\n`);
}

/** What only accompanies the result: on standard error, so that `bench -- --json` stays one object. */
export function note(message) {
  process.stderr.write(`${message}\n`);
}

/** Shows that something is going on and for how long. `detail` replaces the running part; `done` ends it. */
export function step(message) {
  const startedMs = Date.now();
  const tty = process.stderr.isTTY === true && process.env.CI === undefined;
  let detail = '';
  let plainSaid = '';
  const elapsed = () => text('elapsed', { seconds: Math.round((Date.now() - startedMs) / 1000) });
  const draw = () => {
    const whole = `… ${message}${detail === '' ? '' : `: ${detail}`} (${elapsed()})`;
    const width = Math.max(20, (process.stderr.columns || 80) - 1);
    process.stderr.write(`\r\x1b[K${clip(whole, width)}`);
  };
  if (!tty) note(`… ${message}`);
  else draw();
  const timer = tty ? setInterval(draw, 1000) : undefined;
  const end = (mark, last) => {
    clearInterval(timer);
    if (tty) process.stderr.write('\r\x1b[K');
    note(`${mark} ${last} (${elapsed()})`);
  };
  return {
    detail(now) {
      detail = now;
      if (tty) draw();
      else if (now !== plainSaid) note(`    ${now} (${elapsed()})`);
      plainSaid = now;
    },
    done: (last) => end('✓', last ?? message),
    failed: () => end('✗', message),
  };
}

/** Hangul and other wide characters take two columns; a line that wraps could not be rewritten. */
function clip(whole, width) {
  let columns = 0;
  let kept = '';
  for (const character of whole) {
    columns += character.codePointAt(0) >= 0x1100 ? 2 : 1;
    if (columns > width) return kept;
    kept += character;
  }
  return kept;
}
