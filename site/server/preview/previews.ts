// Which label leads to which port of whose machine. A label is the only key to a preview: 130 bits that nobody can guess.
import { randomInt } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type { Listening } from '../../../sandbox/session/listening.ts';
import type { PortsView } from '../../api/socket.ts';
import type { PreviewAddress } from './address.ts';

/** A machine as a preview needs it. */
export type Previewed = {
  readonly id: string;
  /** whether it answers now */
  readonly awake: () => boolean;
  readonly dial: (at: Listening, signal: AbortSignal) => Promise<Duplex>;
  /** somebody looks at what it serves */
  readonly used: () => void;
};

export type Preview = { readonly machine: Previewed; readonly at: Listening };

/** RFC 4648's base 32, in lower case as host names are. */
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';
const LABEL_LENGTH = 26;

/** Ports that one machine ever had a label for: a guest that opens and closes thousands must not fill our memory. */
const MAX_LABELS = 256;

/** Where names outlive the server: an open tab goes on after a restart. Both may be called often; neither is waited for. */
export type PreviewBook = {
  readonly keep: (session: string, row: { readonly label: string } & Listening) => void;
  readonly drop: (session: string) => void;
};

export class Previews {
  readonly #address: () => PreviewAddress | undefined;
  readonly #book: PreviewBook;
  readonly #byLabel = new Map<string, Preview>();
  readonly #labels = new Map<string, Map<number, string>>();

  constructor(address: () => PreviewAddress | undefined, book: PreviewBook) {
    this.#address = address;
    this.#book = book;
  }

  /** What the page may show of these ports. The same port of the same session keeps its address. */
  view(machine: Previewed, ports: readonly Listening[]): PortsView {
    const address = this.#address();
    if (address === undefined) return { off: 'no-domain', ports: ports.map(({ port }) => ({ port, url: null })) };
    const shown = ports.flatMap((at) => {
      const label = this.#labelOf(machine, at);
      return label === undefined ? [] : [{ port: at.port, url: address.url(label) }];
    });
    return { off: null, ports: shown };
  }

  /** Names that an earlier server gave. */
  restore(machine: Previewed, rows: readonly ({ readonly label: string } & Listening)[]): void {
    const labels = new Map(rows.slice(0, MAX_LABELS).map(({ port, label }) => [port, label]));
    this.#labels.set(machine.id, labels);
    for (const { label, port, host } of rows) this.#byLabel.set(label, { machine, at: { port, host } });
  }

  find(label: string): Preview | undefined {
    return this.#byLabel.get(label);
  }

  /** The session is over: its addresses lead nowhere any more. */
  forget(id: string): void {
    for (const label of this.#labels.get(id)?.values() ?? []) this.#byLabel.delete(label);
    if (this.#labels.delete(id)) this.#book.drop(id);
  }

  #labelOf(machine: Previewed, at: Listening): string | undefined {
    const labels = this.#labels.get(machine.id) ?? new Map<number, string>();
    this.#labels.set(machine.id, labels);
    const label = labels.get(at.port) ?? newLabel();
    if (!labels.has(at.port) && labels.size >= MAX_LABELS) return undefined;
    labels.set(at.port, label);
    if (this.#byLabel.get(label)?.at.host !== at.host) this.#book.keep(machine.id, { label, ...at });
    this.#byLabel.set(label, { machine, at });
    return label;
  }
}

function newLabel(): string {
  return Array.from({ length: LABEL_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
}
