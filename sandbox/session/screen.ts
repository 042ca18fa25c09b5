// The present screen of a terminal: a headless xterm fed with everything the guest printed.
import headless from '@xterm/headless';
import type { Terminal as HeadlessTerminal } from '@xterm/headless';
import serialize from '@xterm/addon-serialize';

/** What a page scrolls back through after a reload; replaying more would cost more than it is worth. */
const SCROLLBACK_LINES = 1000;

/** A picture larger than this gets less scrollback: it has to travel before the learner sees anything. */
const MAX_PICTURE_BYTES = 256 * 1024;

export class Screen {
  readonly #terminal: HeadlessTerminal;
  readonly #serializer: InstanceType<typeof serialize.SerializeAddon>;
  #closed = false;

  constructor(cols: number, rows: number) {
    this.#terminal = new headless.Terminal({ cols, rows, scrollback: SCROLLBACK_LINES, allowProposedApi: true });
    this.#serializer = new serialize.SerializeAddon();
    // The add-on's types name the browser's Terminal; it only reads the buffer, which both have.
    this.#terminal.loadAddon(this.#serializer);
  }

  /** Feeds output; `parsed` is called once it is on the screen. */
  write(bytes: Uint8Array, parsed: () => void): void {
    if (this.#closed) return;
    this.#terminal.write(bytes, parsed);
  }

  resize(cols: number, rows: number): void {
    if (!this.#closed) this.#terminal.resize(cols, rows);
  }

  /** Bytes that redraw the screen on a terminal just reset, at the same size. */
  picture(): Buffer {
    for (let scrollback = SCROLLBACK_LINES; ; scrollback = Math.floor(scrollback / 4)) {
      const bytes = Buffer.from(this.#serializer.serialize({ scrollback }));
      if (bytes.length <= MAX_PICTURE_BYTES || scrollback === 0) return bytes;
    }
  }

  close(): void {
    this.#closed = true;
    this.#terminal.dispose();
  }
}
