// Users of the machine, from /etc/passwd and /etc/group: read each time, the learner may have added one.
import { readFileSync } from 'node:fs';
import { GuestError } from './guest-error.ts';
import type { Account } from './platform.ts';

export function findAccount(passwd: string, user: string): Account {
  for (const line of passwd.split('\n')) {
    const [name, , uid, gid, , home, shell] = line.split(':');
    if (name === user && uid !== undefined && gid !== undefined) {
      return { name, uid: Number(uid), gid: Number(gid), home: home || '/', shell: shell || '/bin/sh' };
    }
  }
  throw new GuestError('no-such-user', `there is no user ${user}`);
}

/** Whether `user` belongs to groups besides its own. */
export function hasOtherGroups(group: string, user: string): boolean {
  return group.split('\n').some((line) => line.split(':')[3]?.split(',').includes(user) ?? false);
}

export function accountOf(user: string): Account {
  return findAccount(readFileSync('/etc/passwd', 'utf8'), user);
}

export function inOtherGroups(user: string): boolean {
  return hasOtherGroups(readFileSync('/etc/group', 'utf8'), user);
}
