// Handing over to Node 24 as the unprivileged user: private mount of the checkout, no privileges, signals and exit code pass through.
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { ask, run, signalCode } from './run.mjs';
import { SetupError } from './speak.mjs';

// Every step ends in exec, so that the server is our own child: its pid, its signals, its exit code.
// The bind mount makes a checkout in /root (mode 700) readable to the user, in this namespace alone, and read-only.
const ENTER_MOUNT = `set -e
mount --bind "$1" "$2"
mount -o remount,bind,ro "$2"
cd "$2"
shift 2
exec "$@"`;
const JOIN_CGROUP = `if [ -n "$1" ]; then echo $$ > "$1/server/cgroup.procs" || :; fi
shift
exec "$@"`;

/** Variables that a program below may see: root's environment is nobody else's business. */
const PASSED = /^(LANG|LANGUAGE|LC_\w+|TZ|TERM|COLORTERM|NO_COLOR|FORCE_COLOR|CI|CHROMIUM_PATH|UNDERHOOD_\w+)$/;

/**
 * How to start a program as the course's user: `[command, ...args]`, its environment and its folder.
 * @param {{checkout: string, user: object, folders: object, cgroup?: string, env?: object}} context
 */
export function asUser(context, command) {
  const { checkout, user, folders, cgroup } = context;
  const root = process.getuid() === 0;
  const app = root && context.mounted !== false ? folders.app : checkout;
  const passed = root
    ? Object.fromEntries(Object.entries(process.env).filter(([name]) => PASSED.test(name)))
    : { ...process.env };
  const system = root ? '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' : process.env.PATH;
  const env = {
    ...passed,
    PATH: `${join(app, 'node_modules/.bin')}:${system}`,
    // Of the system user's, only the data folder is sure to exist and to be its own.
    HOME: root ? folders.data : user.home,
    USER: user.name,
    LOGNAME: user.name,
    UNDERHOOD_CACHE: folders.cache,
    UNDERHOOD_DATA: folders.data,
    UNDERHOOD_RUN: folders.run,
    // A server that starts again is soon back for the learners who wait: Node keeps what it compiled.
    NODE_COMPILE_CACHE: join(folders.cache, 'node'),
    ...(cgroup === undefined ? {} : { UNDERHOOD_CGROUP: cgroup }),
    ...context.env,
  };
  if (!root) return { command, env, cwd: checkout };
  const drop = [
    'setpriv',
    `--reuid=${user.uid}`,
    `--regid=${user.gid}`,
    '--init-groups',
    '--inh-caps=-all',
    '--bounding-set=-all',
    '--no-new-privs',
    // Should set-up be killed, the server hears SIGTERM: it leaves the machines running and can be started again.
    '--pdeathsig=TERM',
    ...command,
  ];
  const joined = ['sh', '-c', JOIN_CGROUP, 'sh', cgroup ?? '', ...drop];
  const mounted = [
    'unshare',
    '--mount',
    '--propagation=private',
    'sh',
    '-c',
    ENTER_MOUNT,
    'sh',
    checkout,
    app,
    ...joined,
  ];
  return context.mounted === false ? { command: joined, env, cwd: checkout } : { command: mounted, env, cwd: '/' };
}

/** Runs a program as the user to its end and collects its output. */
export function runAsUser(context, command, options = {}) {
  const { command: whole, env, cwd } = asUser(context, command);
  return run(whole[0], whole.slice(1), { ...options, env, cwd });
}

/** In a container that forbids mounts the checkout is used where it is, if the user may read it there. */
export async function checkMount(context) {
  if (process.getuid() !== 0) return context;
  const readable = ['test', '-r', 'package.json', '-a', '-x', 'node_modules/.bin/node'];
  if ((await runAsUser(context, readable)).ok) return context;
  const unmounted = { ...context, mounted: false };
  if ((await runAsUser(unmounted, readable)).ok) return unmounted;
  throw new SetupError('mount-failed', { user: context.user.name, dir: context.checkout });
}

/** Starts `node script args` as the user on this terminal. Resolves with its exit code. */
export function handOver(context, script, args) {
  return inForeground(asUser(context, ['node', script, ...args]));
}

/** Runs a program on this terminal and passes signals on to it. */
export function inForeground({ command, env, cwd, ...spawning }) {
  return new Promise((resolve, reject) => {
    const child = spawn(command[0], command.slice(1), { stdio: 'inherit', env, cwd, ...spawning });
    // With a terminal the kernel sends Ctrl-C and hang-ups to the whole foreground group, child included: passing them on
    // too would turn one Ctrl-C into two, which means "close all machines".
    const together = hasTerminal() ? ['SIGINT', 'SIGHUP'] : [];
    const handlers = ['SIGINT', 'SIGHUP', 'SIGTERM'].map((signal) => {
      const handler = together.includes(signal) ? () => undefined : () => child.kill(signal);
      process.on(signal, handler);
      return [signal, handler];
    });
    const over = () => {
      for (const [signal, handler] of handlers) process.off(signal, handler);
    };
    child.on('error', (error) => {
      over();
      reject(error);
    });
    child.on('exit', (code, signal) => {
      over();
      resolve(code ?? signalCode(signal));
    });
  });
}

function hasTerminal() {
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return true;
  } catch {
    return false;
  }
}

/** The process in the pid file when it lives and is the user's, else undefined. */
export function runningServer(pidText, user) {
  const pid = Number(pidText);
  if (!Number.isInteger(pid) || pid <= 1) return undefined;
  const facts = ask('ps', ['-o', 'uid=,args=', '-p', String(pid)]);
  const match = /^\s*(\d+)\s+(.*)$/.exec(facts?.trim() ?? '');
  return match && Number(match[1]) === user.uid && match[2].includes('site/server/main.ts') ? pid : undefined;
}
