// Small settings kept in this browser. A browser that refuses storage just forgets them.

export type StoredKey =
  | 'theme'
  | 'split'
  | 'xray-split'
  | 'pane-split'
  | 'panes'
  | 'layout'
  | 'font-size'
  | 'terminal-theme'
  | 'terminal-names'
  | 'bell'
  | 'paste'
  | 'screen-reader'
  | 'place'
  | 'xray';

export function readStored(key: StoredKey): string | undefined {
  try {
    return localStorage.getItem(`underhood.${key}`) ?? undefined;
  } catch {
    return undefined;
  }
}

export function writeStored(key: StoredKey, value: string | undefined): void {
  try {
    if (value === undefined) localStorage.removeItem(`underhood.${key}`);
    else localStorage.setItem(`underhood.${key}`, value);
  } catch {
    // private mode or a full disk: nothing to do
  }
}
