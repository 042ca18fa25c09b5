// The agent's real ground: root in the machine.
import { existsSync, fchown, writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { promisify } from 'node:util';
import { accountOf, inOtherGroups } from './accounts.ts';
import type { Account, Command, Launch, Platform } from './platform.ts';
import type { Params } from '../protocol/messages.ts';
import { makeHold } from './hold.ts';
import { Restorer } from './restorer.ts';

const LOGIN_SHELL = '/usr/lib/underhood/login-shell';
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

export function linuxPlatform(): Platform {
  const restorer = new Restorer();
  restorer.prepare();
  return {
    account: accountOf,
    shell,
    command,
    settle,
    own: (fd, account) => promisify(fchown)(fd, account.uid, account.gid),
    restored: (params, named) => restorer.run(params, named),
    quiesce: () => {
      collectGarbage();
      makeHold('/run/underhood-rehearsal.hold').release();
      return Promise.resolve();
    },
  };
}

function baseEnv(account: Account): Record<string, string> {
  return {
    PATH,
    HOME: account.home,
    USER: account.name,
    LOGNAME: account.name,
    SHELL: account.shell,
    LANG: 'C.UTF-8',
  };
}

function shell(user: string, nonce: string, hold: string | undefined, openPtys: readonly number[]): Launch {
  const account = accountOf(user);
  const start = existsSync(LOGIN_SHELL)
    ? [LOGIN_SHELL, user]
    : ['/usr/bin/su', '--login', '--whitelist-environment=UNDERHOOD_NONCE,UNDERHOOD_HOLD', user];
  const env = {
    ...baseEnv(account),
    TERM: 'xterm-256color',
    COLORTERM: 'truecolor',
    UNDERHOOD_NONCE: nonce,
    ...(hold === undefined ? {} : { UNDERHOOD_HOLD: hold }),
  };
  const [file = '', ...args] = withoutPtys(start, openPtys);
  return { file, args, env, cwd: '/' };
}

/** node-pty leaves the masters of other terminals open in a new process: they would show in its /proc/self/fd and outlive their owner. */
function withoutPtys(argv: readonly string[], openPtys: readonly number[]): readonly string[] {
  if (openPtys.length === 0) return argv;
  const closes = openPtys.map((fd) => `${fd}>&-`).join(' ');
  return ['/bin/bash', '-c', `exec ${closes}; exec "$@"`, 'bash', ...argv];
}

function command(params: Params<'exec'>): Command {
  const account = accountOf(params.user);
  const env = { ...baseEnv(account), ...params.env };
  const [file = '', ...args] = params.argv;
  if (account.uid === 0) return { file, args, env, cwd: params.cwd };
  // Node drops all further groups with a change of user; a user who has some needs a helper, and its milliseconds
  if (inOtherGroups(account.name)) {
    const as = ['--reuid', String(account.uid), '--regid', String(account.gid), '--init-groups', '--'];
    return { file: '/usr/bin/setpriv', args: [...as, file, ...args], env, cwd: params.cwd };
  }
  return { file, args, env, cwd: params.cwd, uid: account.uid, gid: account.gid };
}

function settle(pid: number, nice: number): void {
  // The kernel may already have ended it; then there is nothing to settle.
  const attempt = (work: () => void): void => {
    try {
      work();
    } catch {
      // see above
    }
  };
  // the agent is protected from the OOM killer, what it runs must not be
  attempt(() => writeFileSync(`/proc/${pid}/oom_score_adj`, '0'));
  if (nice === 0) return;
  attempt(() => setPriority(pid, nice));
  // a session of its own is an autogroup of its own, in which niceness only counts among its members (sched(7))
  attempt(() => writeFileSync(`/proc/${pid}/autogroup`, String(nice)));
}

/** What was compiled in a rehearsal stays compiled: V8 would drop the code of functions that a few collections found idle. */
function collectGarbage(): void {
  setFlagsFromString('--no-flush-bytecode');
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect !== 'function') return;
  // twice: the first run only marks what finalizers still hold
  Reflect.apply(collect, undefined, []);
  Reflect.apply(collect, undefined, []);
}
