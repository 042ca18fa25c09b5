// Which room may import which: one table, read by ESLint, by dependency-cruiser and by the test that reads .astro files.
import { dirname, posix } from 'node:path';

/**
 * From the most particular folder to the most general. `to`: folders that may be imported besides one's own;
 * `packages`: what may come from outside; undefined: anything. `instead` says the right way.
 */
export const ROOMS = [
  {
    room: 'sandbox/protocol',
    to: [],
    packages: ['zod/mini'],
    instead: 'sandbox/protocol is a leaf that browsers load: it imports zod/mini and nothing else.',
  },
  {
    room: 'site/api',
    to: [],
    packages: ['zod/mini'],
    instead: 'site/api is a leaf that browsers load: it imports zod/mini and nothing else.',
  },
  {
    room: 'site/client',
    to: ['site/api', 'sandbox/protocol'],
    noNode: true,
    instead:
      'site/client runs in browsers: of ours it imports site/api and sandbox/protocol; the rest comes over HTTP or the socket.',
  },
  {
    room: 'site/src',
    to: ['site/client', 'site/api', 'site/bundle', 'sandbox/protocol', 'labs'],
    instead:
      'site/src is markup: it shows what site/bundle hands it and loads site/client; the server is reached over HTTP only.',
  },
  {
    room: 'site/server',
    to: ['site/api', 'sandbox', 'labs'],
    instead: 'site/server joins labs and sandbox; what a browser runs is in site/client and stays there.',
  },
  {
    room: 'site',
    to: ['sandbox', 'labs'],
    instead: 'what builds the site may read labs and sandbox, but no test.',
  },
  {
    room: 'sandbox',
    to: [],
    instead:
      'sandbox is one disposable machine and imports nothing outside itself: let site/server pass in what it needs.',
  },
  {
    room: 'labs',
    to: [],
    instead: 'labs is what is taught and imports nothing of ours: site/server brings labs and machines together.',
  },
  { room: 'tests', to: ['labs', 'sandbox', 'site', 'lint'], instead: 'nothing imports tests.' },
];

const within = (path, folder) => path === folder || path.startsWith(`${folder}/`);

/**
 * What is wrong with `specifier` imported by `file` (path from the checkout's root), or undefined.
 * @param {string} file @param {string} specifier @returns {string | undefined}
 */
export function wrongWay(file, specifier) {
  const from = ROOMS.find(({ room }) => within(file, room));
  if (from === undefined) return undefined;
  if (!specifier.startsWith('.')) {
    if (from.packages !== undefined && !from.packages.includes(specifier)) return from.instead;
    if (from.noNode === true && specifier.startsWith('node:')) return from.instead;
    return undefined;
  }
  const target = posix.normalize(posix.join(dirname(file), specifier.replace(/\?.*$/, '')));
  const to = ROOMS.find(({ room }) => within(target, room))?.room;
  if (to === undefined || within(to, from.room)) return undefined;
  return from.to.some((allowed) => within(target, allowed)) ? undefined : from.instead;
}
