// Keystrokes on their way to one terminal: who sent how much, and how much the guest still has to take.
import { INPUT_WINDOW_BYTES } from '../protocol/flow.ts';

/** A page that attaches again starts with a whole window, while what it sent before may still be under way. */
const MAX_OWED_BYTES = 2 * INPUT_WINDOW_BYTES;

type Piece<Sender> = { readonly sender: Sender; bytes: Uint8Array };
type Debt<Sender> = { readonly sender: Sender; bytes: number };

export type Grant<Sender> = { readonly sender: Sender; readonly bytes: number };

/** Input of several pages is merged in the order of arrival; each page gets back the credit of its own bytes. */
export class InputLine<Sender> {
  readonly #waiting: Piece<Sender>[] = [];
  readonly #sent: Debt<Sender>[] = [];
  #sentBytes = 0;

  /** Returns false where the sender went beyond its window: it does not keep to the contract. */
  offer(sender: Sender, bytes: Uint8Array): boolean {
    if (this.#owed(sender) + bytes.length > MAX_OWED_BYTES) return false;
    if (bytes.length > 0) this.#waiting.push({ sender, bytes });
    return true;
  }

  /** What may go to the guest now. */
  take(): Uint8Array[] {
    const ready: Uint8Array[] = [];
    for (let piece = this.#waiting[0]; piece !== undefined; piece = this.#waiting[0]) {
      const part = piece.bytes.subarray(0, INPUT_WINDOW_BYTES - this.#sentBytes);
      if (part.length === 0) break;
      ready.push(part);
      this.#sent.push({ sender: piece.sender, bytes: part.length });
      this.#sentBytes += part.length;
      if (part.length === piece.bytes.length) this.#waiting.shift();
      else piece.bytes = piece.bytes.subarray(part.length);
    }
    return ready;
  }

  /** The guest handed `bytes` to the pty (never believed beyond what was sent). */
  taken(bytes: number): Grant<Sender>[] {
    const grants: Grant<Sender>[] = [];
    let left = Math.min(bytes, this.#sentBytes);
    this.#sentBytes -= left;
    while (left > 0) {
      const debt = this.#sent[0];
      if (debt === undefined) break;
      const part = Math.min(debt.bytes, left);
      grants.push({ sender: debt.sender, bytes: part });
      left -= part;
      debt.bytes -= part;
      if (debt.bytes === 0) this.#sent.shift();
    }
    return grants;
  }

  /** The way to the guest broke: what was under way may or may not have arrived, and is never sent twice. */
  lost(): Grant<Sender>[] {
    return this.taken(this.#sentBytes);
  }

  #owed(sender: Sender): number {
    let sum = 0;
    for (const piece of this.#waiting) if (piece.sender === sender) sum += piece.bytes.length;
    for (const debt of this.#sent) if (debt.sender === sender) sum += debt.bytes;
    return sum;
  }
}
