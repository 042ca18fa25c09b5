// Tells that something in the content folder has changed, however an editor saves: in place, by renaming, through a temporary file.
import { watch } from 'chokidar';
import { isEditorFile } from '../../../labs/editor-files.ts';

export type ContentWatch = {
  /** resolves once changes are seen */
  readonly ready: Promise<void>;
  onError(listener: (error: Error) => void): void;
  close(): Promise<void>;
};

export function watchContent(dir: string, changed: () => void): ContentWatch {
  const watcher = watch(dir, {
    ignoreInitial: true,
    // A file that only its writer may read is none of the course's yet; it is read, and complained about, when it is there.
    ignorePermissionErrors: true,
    ignored: isEditorFile,
  });
  watcher.on('all', changed);
  return {
    ready: new Promise((resolve) => watcher.once('ready', resolve)),
    onError: (listener) =>
      void watcher.on('error', (error) => listener(error instanceof Error ? error : new Error(String(error)))),
    close: () => watcher.close(),
  };
}
