// Which QEMU this is, and what that version can do.
import { SandboxError } from '../machine/errors.ts';

export type QemuVersion = { readonly major: number; readonly minor: number; readonly text: string };

export type QemuAbilities = {
  /** `memory-backend-file,readonly=on,rom=off`: a private mapping of a file that is opened for reading only (8.2) */
  readonly readOnlyRamFile: boolean;
  /** `file:` as the source of a migration (8.2); before, a descriptor inherited at the start */
  readonly fileMigration: boolean;
};

/** Reads the first line of `qemu-system-x86_64 --version`. Throws qemu-too-old below 7.2, the oldest that was tried. */
export function parseVersion(output: string): QemuVersion {
  const match = /version (\d+)\.(\d+)(?:\.(\d+))?/.exec(output);
  if (!match) throw new SandboxError('qemu-unusable', `this is no QEMU: ${JSON.stringify(output.slice(0, 80))}`);
  const major = Number(match[1]);
  const minor = Number(match[2]);
  const text = `${major}.${minor}.${match[3] ?? '0'}`;
  if (major < 7 || (major === 7 && minor < 2)) {
    throw new SandboxError('qemu-too-old', `QEMU ${text} is too old: 7.2 or newer is needed`);
  }
  return { major, minor, text };
}

export function abilities(version: QemuVersion): QemuAbilities {
  const atLeast = (major: number, minor: number): boolean =>
    version.major > major || (version.major === major && version.minor >= minor);
  return { readOnlyRamFile: atLeast(8, 2), fileMigration: atLeast(8, 2) };
}
