// Copies files of the recipe into the guest's tree with the owner and the modes they must have there.
import { chmod, chown, copyFile, lstat, mkdir, readdir, readlink, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';

/** Everything below `from` to `to`, owned by root, 755 or 644: git keeps one mode bit, and whoever cloned the
 * repository may have a umask under which the learner could not read a file. Folders that exist keep their modes. */
export async function copyTree(from: string, to: string): Promise<void> {
  if ((await mkdir(to, { recursive: true })) !== undefined) await own(to, 0o755);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const source = join(from, entry.name);
    const target = join(to, entry.name);
    if (entry.isDirectory()) {
      await copyTree(source, target);
      continue;
    }
    await rm(target, { force: true });
    if (entry.isSymbolicLink()) {
      await symlink(await readlink(source), target);
      continue;
    }
    await copyFile(source, target);
    await own(target, ((await lstat(source)).mode & 0o100) === 0 ? 0o644 : 0o755);
  }
}

async function own(path: string, mode: number): Promise<void> {
  // An ordinary user's copies (in a test) are their own already.
  if (process.getuid?.() === 0) await chown(path, 0, 0);
  await chmod(path, mode);
}
