// Files that editors and file managers leave beside the ones being written; they are no part of a lab.

/** vim's swap files and its test for a folder, Emacs' locks and copies, backups, `sed -i`'s temporary file, macOS' folder settings. */
const NAMES = /^(?:\..*\.sw[a-z]|4913|\.#.*|#.*#|.*~|sed[A-Za-z0-9]{6}|\.DS_Store)$/;

export function isEditorFile(name: string): boolean {
  return NAMES.test(name);
}
