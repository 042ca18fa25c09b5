// The names that a learner gave to her terminals, kept in this browser by the session they belong to.
import { readStored, writeStored } from './stored.ts';

type Names = { readonly [session: string]: { readonly [terminal: string]: string } };

/** Sessions come and go; the oldest names are dropped. */
const SESSIONS_KEPT = 24;
export const LONGEST_NAME = 24;

export function terminalName(session: string, terminal: number): string | undefined {
  return read()[session]?.[String(terminal)];
}

/** An empty name gives the usual one back. */
export function nameTerminal(session: string, terminal: number, name: string): void {
  const names = read();
  const { [String(terminal)]: _, ...others } = names[session] ?? {};
  const short = [...name.trim()].slice(0, LONGEST_NAME).join('');
  const here = short === '' ? others : { ...others, [String(terminal)]: short };
  const kept = Object.entries(names).filter(([id]) => id !== session);
  writeStored('terminal-names', JSON.stringify(Object.fromEntries([...kept, [session, here]].slice(-SESSIONS_KEPT))));
}

function read(): Names {
  try {
    const names: unknown = JSON.parse(readStored('terminal-names') ?? '{}');
    return typeof names === 'object' && names !== null ? (names as Names) : {};
  } catch {
    return {};
  }
}
