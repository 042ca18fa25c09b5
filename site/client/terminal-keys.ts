// Which keys a terminal keeps from the shell, and what they mean. Everything else belongs to the learner's machine.

export type KeyAction =
  | 'copy'
  | 'paste'
  | 'find'
  | 'larger'
  | 'smaller'
  | 'usual'
  | 'to-text'
  | 'new-terminal'
  | 'next-terminal'
  | 'previous-terminal'
  | 'rename-terminal'
  | 'split-row'
  | 'split-column'
  | 'settings'
  | 'layout-text'
  | 'layout-both'
  | 'layout-machine'
  | 'transcript'
  | 'help';

export type Key = Pick<KeyboardEvent, 'code' | 'key' | 'ctrlKey' | 'shiftKey' | 'altKey' | 'metaKey'>;

// By position (`code`), so that they work while the Korean input method is on.
const CTRL_SHIFT: { readonly [code: string]: KeyAction } = {
  KeyC: 'copy',
  KeyV: 'paste',
  KeyF: 'find',
  KeyL: 'to-text',
  Enter: 'new-terminal',
  ArrowRight: 'next-terminal',
  ArrowLeft: 'previous-terminal',
  F2: 'rename-terminal',
  KeyE: 'split-row',
  KeyO: 'split-column',
  Comma: 'settings',
  KeyH: 'transcript',
  Digit1: 'layout-text',
  Digit2: 'layout-both',
  Digit3: 'layout-machine',
  Slash: 'help',
};

export function keyAction(key: Key): KeyAction | undefined {
  if (key.altKey) return undefined;
  if (key.metaKey && !key.ctrlKey) {
    if (key.code === 'KeyC' && !key.shiftKey) return 'copy';
    if (key.code === 'KeyV' && !key.shiftKey) return 'paste';
    return undefined;
  }
  if (!key.ctrlKey) return undefined;
  if (key.key === '+' || key.key === '=' || key.code === 'NumpadAdd') return 'larger';
  if (key.key === '-' || key.code === 'NumpadSubtract') return 'smaller';
  if (key.key === '0' || key.code === 'Numpad0') return 'usual';
  return key.shiftKey ? CTRL_SHIFT[key.code] : undefined;
}
