// `npm test`: set-up, then every stage with its time, then one line with the totals.
import { mkdtempSync, mkdirSync, chownSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { asUser, inForeground } from './handover.mjs';
import { ownerOf } from './modules.mjs';
import { run, signalCode } from './run.mjs';
import { setUp } from './set-up.mjs';
import { line, SetupError, text } from './speak.mjs';
import { addTotals, NOTHING, totalsLine, totalsOf } from './totals.mjs';

/** In this order; the first two need no machine and run side by side. */
export const STAGES = ['types', 'lint', 'unit', 'vm', 'labs', 'e2e'];
const NEEDS_MACHINES = new Set(['unit', 'vm', 'labs', 'e2e']);

const COMMANDS = {
  types: [
    ['tsc', '-b'],
    ['astro', 'check', '--root', 'site', '--minimumFailingSeverity', 'warning'],
  ],
  lint: [
    ['eslint', '.', '--max-warnings', '0'],
    ['prettier', '--check', '--log-level', 'warn', '.'],
    ['depcruise', 'site', 'labs', 'sandbox', 'tests'],
  ],
  unit: vitest('unit', 'contracts'),
  vm: vitest('vm'),
  labs: vitest('labs'),
  e2e: ['playwright', 'test'],
};

function vitest(...projects) {
  return [
    'vitest',
    'run',
    '--configLoader=native',
    ...projects.map((name) => `--project=${name}`),
    '--reporter=default',
    '--reporter=json',
  ];
}

export async function test(checkout, args) {
  const chosen = args.length === 0 ? STAGES : args;
  for (const name of chosen) {
    if (!STAGES.includes(name)) throw new SetupError('stage-unknown', { name, known: STAGES.join(', ') });
  }
  const context = await setUp({
    checkout,
    verb: 'test',
    browser: chosen.includes('e2e'),
    machines: chosen.some((name) => NEEDS_MACHINES.has(name)),
  });

  // A data and a run folder of their own: a course that runs on this host goes on undisturbed. Short, for sockets in it.
  const scratch = mkdtempSync(join(tmpdir(), 'uh-test-'));
  const folders = { ...context.folders, data: join(scratch, 'data'), run: join(scratch, 'run') };
  for (const dir of [scratch, folders.data, folders.run, join(scratch, 'reports')]) {
    mkdirSync(dir, { recursive: true });
    if (process.getuid() === 0) chownSync(dir, context.user.uid, context.user.gid);
  }
  const tester = { ...context, folders };
  try {
    let totals = NOTHING;
    const still = chosen.filter((name) => Array.isArray(COMMANDS[name][0]));
    const results = await Promise.all(still.map((name) => stillStage(checkout, name)));
    for (const ok of results) if (!ok) totals = addTotals(totals, { passed: 0, failed: 1, skipped: 0 });
    for (const name of chosen.filter((each) => !still.includes(each))) {
      const { counted, interrupted } = await liveStage(tester, name, join(scratch, 'reports', `${name}.json`));
      totals = addTotals(totals, counted);
      if (interrupted) break;
    }
    line(`\n${totalsLine(totals)}`);
    return totals.failed === 0 ? 0 : 1;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** A stage that only reads the checkout, run as its owner since the compiler keeps its state there. Says something when it fails. */
async function stillStage(checkout, name) {
  const startedMs = Date.now();
  const { options } = ownerOf(checkout);
  const env = { ...(options.env ?? process.env) };
  env.PATH = `${join(checkout, 'node_modules/.bin')}:${env.PATH}`;
  let ok = true;
  let said = '';
  for (const [program, ...args] of COMMANDS[name]) {
    const result = await run(program, args, { ...options, env, cwd: checkout });
    if (!result.ok) said += `$ ${program} ${args.join(' ')}\n${result.output.trimEnd()}\n`;
    ok &&= result.ok;
  }
  if (said !== '') process.stdout.write(said);
  sayDone(name, ok, startedMs);
  return ok;
}

/** A stage of tests, run as the course's user on this terminal. What it reports in JSON is counted. */
async function liveStage(tester, name, report) {
  const startedMs = Date.now();
  line(`\n${text('stage', { name })}`);
  const program = COMMANDS[name];
  const args = program[0] === 'vitest' ? [`--outputFile.json=${report}`] : ['--reporter=list,json'];
  const scratch = dirname(tester.folders.data);
  const env = {
    ...tester.env,
    UNDERHOOD_TEST_CACHE: join(scratch, 'cache'),
    UNDERHOOD_TEST_OUTPUT: join(scratch, 'output'),
    PLAYWRIGHT_JSON_OUTPUT_FILE: report,
  };
  const code = await inForeground(asUser({ ...tester, env }, [...program, ...args]));
  const totals = totalsOf(existsSync(report) ? readFileSync(report, 'utf8') : undefined);
  // A runner that failed without a failed test (a broken file, a crash) must not end in "0 failed".
  const counted = code !== 0 && totals.failed === 0 ? { ...totals, failed: 1 } : totals;
  sayDone(name, counted.failed === 0, startedMs);
  return { counted, interrupted: code === signalCode('SIGINT') || code === signalCode('SIGTERM') };
}

function sayDone(name, ok, startedMs) {
  const result = text(ok ? 'stage-ok' : 'stage-failed');
  line(text('stage-done', { name, result, seconds: Math.round((Date.now() - startedMs) / 1000) }));
}
