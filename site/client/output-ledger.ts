// Bookkeeping of one terminal's output: what arrived, what xterm.js parsed, what was acknowledged, when replay ends.
import { BROWSER_ACK_BYTES } from '../../sandbox/protocol/flow.ts';
import type { OutputFrame } from './frames.ts';

export type Ledger = {
  /** counts attachments, so that a late parse callback of an earlier one changes nothing */
  readonly generation: number;
  readonly epoch: number;
  /** next byte expected from the server */
  readonly received: number;
  /** everything before this was parsed by xterm.js */
  readonly parsed: number;
  readonly acked: number;
  /** input is held until this position is parsed */
  readonly replayUntil: number;
  readonly attached: boolean;
};

export const EMPTY: Ledger = {
  generation: 0,
  epoch: 0,
  received: 0,
  parsed: 0,
  acked: 0,
  replayUntil: 0,
  attached: false,
};

export function attach(ledger: Ledger, answer: { epoch: number; from: number; replayUntil: number }): Ledger {
  return {
    generation: ledger.generation + 1,
    epoch: answer.epoch,
    received: answer.from,
    parsed: answer.from,
    acked: answer.from,
    replayUntil: answer.replayUntil,
    attached: true,
  };
}

/** The connection is gone; the position stays, to say it when it is back. */
export function detach(ledger: Ledger): Ledger {
  return { ...ledger, attached: false };
}

/** Where to go on from, or null when this terminal never showed anything. Only received bytes count: they will be parsed. */
export function position(ledger: Ledger): { epoch: number; seq: number } | null {
  return ledger.generation === 0 ? null : { epoch: ledger.epoch, seq: ledger.received };
}

export function replaying(ledger: Ledger): boolean {
  return !ledger.attached || ledger.parsed < ledger.replayUntil;
}

export type Receipt =
  | { readonly kind: 'write'; readonly bytes: Uint8Array; readonly until: number }
  /** nothing new in it, or of an attachment that is over */
  | { readonly kind: 'stale' }
  /** bytes are missing before it: attach again */
  | { readonly kind: 'gap' };

export function receive(ledger: Ledger, frame: OutputFrame): readonly [Ledger, Receipt] {
  if (!ledger.attached || frame.epoch !== ledger.epoch) return [ledger, { kind: 'stale' }];
  if (frame.seq > ledger.received) return [ledger, { kind: 'gap' }];
  const until = frame.seq + frame.bytes.byteLength;
  if (until <= ledger.received) return [ledger, { kind: 'stale' }];
  const bytes = frame.bytes.subarray(ledger.received - frame.seq);
  return [
    { ...ledger, received: until },
    { kind: 'write', bytes, until },
  ];
}

/** xterm.js parsed everything before `until`. The second value is the position to acknowledge, if it is time. */
export function parse(ledger: Ledger, generation: number, until: number): readonly [Ledger, number | undefined] {
  if (generation !== ledger.generation || until <= ledger.parsed) return [ledger, undefined];
  const due = ledger.attached && until - ledger.acked >= BROWSER_ACK_BYTES;
  return [{ ...ledger, parsed: until, acked: due ? until : ledger.acked }, due ? until : undefined];
}
