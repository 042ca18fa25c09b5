// What the observer saw, on its way to the host: of each view one message at a time, and the newest of those that wait.
import { encodeFrame } from '../../protocol/codec.ts';
import { FRAME } from '../../protocol/wire.ts';
import type { XrayView } from '../../protocol/xray/request.ts';
import type { Outbox } from '../outbox.ts';

export class Sights {
  readonly #outbox: Outbox;
  /** views with a message that has not left yet → the newest that came since */
  readonly #waiting = new Map<XrayView, string | undefined>();
  /** those of an earlier host leave nothing behind */
  #generation = 0;

  constructor(outbox: Outbox) {
    this.#outbox = outbox;
  }

  send(view: XrayView, message: string): void {
    if (this.#waiting.has(view)) return void this.#waiting.set(view, message);
    this.#waiting.set(view, undefined);
    const generation = this.#generation;
    this.#outbox.frame(encodeFrame(FRAME.xray, 0, Buffer.from(message)), () => {
      if (generation !== this.#generation) return;
      const next = this.#waiting.get(view);
      this.#waiting.delete(view);
      if (next !== undefined) this.send(view, next);
    });
  }

  /** Nobody watches it any more: what waits is not sent. */
  forget(view: XrayView): void {
    if (this.#waiting.has(view)) this.#waiting.set(view, undefined);
  }

  clear(): void {
    this.#generation++;
    this.#waiting.clear();
  }
}
