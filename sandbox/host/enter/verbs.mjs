// The verbs of the npm scripts. Further words are passed on to what they start.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { whoRuns } from './account.mjs';
import { checkMount, handOver, inForeground } from './handover.mjs';
import { modulesReady, ownerOf } from './modules.mjs';
import { placesFor, setUp } from './set-up.mjs';
import { line, SetupError, text } from './speak.mjs';
import { test } from './stages.mjs';

const checkout = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '');

const VERBS = {
  start: (args) => serve('start', args),
  dev: (args) => serve('dev', ['--dev', ...args]),
  bench: async (args) => handOver(await setUp({ checkout, verb: 'bench' }), 'tests/bench/main.ts', args),
  prove: async (args) => handOver(await setUp({ checkout, verb: 'prove' }), 'tests/labs/main.ts', args),
  test: (args) => test(checkout, args),
  stop,
  reviewed: (args) => author('reviewed', args),
  'new-lab': (args) => author('new-lab', args),
  import: (args) => author('import', args),
};

async function serve(verb, args) {
  const context = await setUp({ checkout, verb, listens: true });
  return handOver(context, 'site/server/main.ts', args);
}

/** What writes into the checkout runs as its owner, and needs no machines. */
async function author(verb, args) {
  if (!modulesReady(checkout)) await setUp({ checkout, verb, machines: false });
  const { options } = ownerOf(checkout);
  const env = { ...(options.env ?? process.env) };
  env.PATH = `${join(checkout, 'node_modules/.bin')}:${env.PATH}`;
  return inForeground({ command: ['node', 'labs/authoring/main.ts', verb, ...args], cwd: checkout, ...options, env });
}

/** Needs no set-up: where nothing was installed, nothing can run. */
async function stop(args) {
  const user = whoRuns();
  if (user === undefined || !modulesReady(checkout)) {
    line(text('nothing-to-stop'));
    return 0;
  }
  const folders = placesFor(user);
  if (!existsSync(folders.run)) {
    line(text('nothing-to-stop'));
    return 0;
  }
  const context = await checkMount({ checkout, user, folders });
  return handOver(context, 'sandbox/host/stop.ts', args);
}

export async function run([name, ...args]) {
  const verb = Object.hasOwn(VERBS, name ?? '') ? VERBS[name] : undefined;
  try {
    if (verb === undefined) {
      throw new SetupError('verb-unknown', { name: name ?? '', known: Object.keys(VERBS).join(', ') });
    }
    process.exitCode = await verb(args);
  } catch (error) {
    process.exitCode = 1;
    if (error instanceof SetupError) {
      process.stderr.write(`\n✗ ${error.message}\n${error.detail ? `${error.detail}\n` : ''}`);
    } else {
      process.stderr.write(`\n✗ ${text('failed', { reason: error.message })}\n${error.stack}\n`);
    }
  }
}
