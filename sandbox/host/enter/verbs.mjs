// The verbs of the npm scripts: start, stop, dev, test, bench, prove. Further words are passed on to what they start.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { whoRuns } from './account.mjs';
import { checkMount, handOver } from './handover.mjs';
import { modulesReady } from './modules.mjs';
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
};

async function serve(verb, args) {
  const context = await setUp({ checkout, verb, listens: true });
  return handOver(context, 'site/server/main.ts', args);
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
