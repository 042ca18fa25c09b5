// Files that editors and file managers leave beside the ones being written; they are no part of a lab.
import { basename } from 'node:path';

/** vim's swap files and Emacs' locks: no program's name looks like that. */
const OPEN_IN_EDITOR = /^(?:\..*\.sw[a-z]|\.#.*)$/;
/** vim's test for a folder, Emacs' copies, backups, `sed -i`'s temporary file, macOS' folder settings. */
const LEFT_BEHIND = /^(?:4913|#.*#|.*~|sed[A-Za-z0-9]{6}|\.DS_Store)$/;
/** `NN-part/NN-lab/files/…`: written into the guest, where a tool may have any name. */
const OF_THE_GUEST = /(?:^|\/)\d\d-[^/]+\/\d\d-[^/]+\/files\//;

/** `path`: absolute, or from the content folder on. */
export function isEditorFile(path: string): boolean {
  const name = basename(path);
  return OPEN_IN_EDITOR.test(name) || (LEFT_BEHIND.test(name) && !OF_THE_GUEST.test(path));
}
