// The box around QEMU: bubblewrap's command line. QEMU says itself that its emulation is no security boundary; this is one.
import { BOX_DIR } from './arguments.ts';

export type BoxPlan = {
  /** shown at their own paths, read-only: programs, libraries, firmware, template, image */
  readonly readOnlyPaths: readonly string[];
  /** the one writable folder, shown as BOX_DIR */
  readonly boxDir: string;
  readonly kvm: boolean;
  readonly env: Readonly<Record<string, string>>;
};

/** Where bubblewrap says which process it started; the supervisor reads it. */
const INFO_FD = '9';

/** Nobody, on nearly every Linux. The name inside matters little: outside it is the unprivileged user who started it. */
const INNER_ID = '65534';

/**
 * The command that runs `command` in the box. Its user must be an ordinary one: bubblewrap run by root keeps root's
 * identity towards the host, whatever `--uid` says (see `refuseRoot`). There is no `--die-with-parent`: a machine
 * outlives the server, and its supervisor ends it.
 */
export function boxCommand(plan: BoxPlan, command: readonly string[]): string[] {
  return [
    'bwrap',
    // Not --unshare-all alone: it goes on without a user namespace where there is none to be had.
    ...['--unshare-user', '--unshare-ipc', '--unshare-pid', '--unshare-net', '--unshare-uts', '--unshare-cgroup-try'],
    ...['--disable-userns', '--uid', INNER_ID, '--gid', INNER_ID, '--hostname', 'box'],
    ...['--cap-drop', 'ALL', '--new-session', '--as-pid-1', '--info-fd', INFO_FD],
    ...['--clearenv', ...Object.entries(plan.env).flatMap(([name, value]) => ['--setenv', name, value])],
    ...['--symlink', 'usr/lib', '/lib', '--symlink', 'usr/lib64', '/lib64'],
    ...['--dev', '/dev', '--proc', '/proc'],
    ...plan.readOnlyPaths.flatMap((path) => ['--ro-bind', path, path]),
    ...['--bind', plan.boxDir, BOX_DIR, '--chdir', BOX_DIR],
    ...(plan.kvm ? ['--dev-bind', '/dev/kvm', '/dev/kvm'] : []),
    // The root, a tmpfs of the host's memory, must not be a place to write to.
    ...['--remount-ro', '/'],
    '--',
    ...command,
  ];
}
