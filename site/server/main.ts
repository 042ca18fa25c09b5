// The server's process: reads the configuration, builds everything once, prints the address, and ends as it is asked to.
import { createServer } from 'node:net';
import { LabFormatError } from '../../labs/problem.ts';
import { SandboxError } from '../../sandbox/machine/errors.ts';
import type { Lab } from '../../labs/lab.ts';
import type { OnBake } from '../../sandbox/source/templates.ts';
import { readConfig } from './config.ts';
import type { Config } from './config.ts';
import type { Dev } from './dev/dev.ts';
import { careForCache } from './cache-care.ts';
import { courseHash } from './course-hash.ts';
import { StartError } from './errors.ts';
import { readSite } from './http/site-files.ts';
import { keptCatalog } from './kept-catalog.ts';
import { createLogger, eventLog } from './log.ts';
import { openEngine, prepareBase, prepareLabs } from './machines.ts';
import { takePidFile } from './pid-file.ts';
import { asStartError, startServer } from './server.ts';
import { endOnSignals } from './signals.ts';
import { builtSite } from './site-build.ts';
import { words, type Word } from './words.ts';

const BAKE_WORDS: Readonly<Partial<Record<Parameters<OnBake>[0], Word>>> = {
  waiting: 'bakeWaiting',
  boot: 'bakeBoot',
  'load-images': 'bakeImages',
  rehearse: 'bakeRehearse',
  quiet: 'bakeQuiet',
  snapshot: 'bakeSnapshot',
};

async function main(): Promise<void> {
  const say = words(process.env);
  const print = (text: string): void => void process.stdout.write(`${text}\n`);
  const config = readConfig({ UNDERHOOD_LOG_PRETTY: process.stdout.isTTY ? '1' : '0', ...process.env });
  const pidFile = takePidFile(config.pidFile);
  try {
    const log = eventLog(createLogger(config));
    // Before the minutes that a first template may take.
    await assertPortIsFree(config);
    const { labsDir } = config;
    const writing = process.argv.includes('--dev') ? await import('./dev/dev.ts') : undefined;
    const rebuild = async (): Promise<string> =>
      config.siteDir ?? (await builtSite(labsDir, await courseHash(labsDir), print));
    const [course, engine] = await Promise.all([
      writing ? writing.Dev.open(labsDir, rebuild, print) : keptCourse(config, print),
      openEngine(config, log, baseProgress(say, print)),
    ]);
    await using dev = writing && course instanceof writing.Dev ? course : undefined;
    const { catalog } = course;
    const site = readSite(course.siteDir);
    // Learners of an earlier run are waiting for their machines; the template can wait.
    const server = await startServer(config, {
      source: engine,
      catalog,
      site,
      log,
      ...(dev && { extend: dev.extend }),
    });
    const onRemade = (lab: Lab): Promise<void> => server.sessions.endLab(lab.id);
    dev?.begin({ contentDir: labsDir, rebuild, onRemade, print });
    print(say('preparing'));
    await prepareBase(engine, log);
    print(`\n  ${say(engine.accelerator.accelerator === 'kvm' ? 'acceleratorKvm' : 'acceleratorTcg')}`);
    print(`  ${say('address', `${server.origin}/`)}\n`);
    // Not before the labs' templates are known to be needed.
    void prepareLabs(engine, catalog, log).then(() =>
      careForCache({
        cacheDir: config.cacheDir,
        needed: async () => [...(await engine.cachePaths()), course.siteDir],
        log,
      }),
    );
    const how = await endOnSignals((word) => print(say(word)));
    if (how === 'detach') await server.detach();
    else {
      print(say('closing'));
      await server.close();
    }
    await engine.close();
    if (how === 'close') print(say('closed'));
  } finally {
    pidFile.release();
  }
}

/** A line for each step of the first template, which takes a minute or two under emulation. */
function baseProgress(say: (word: Word) => string, print: (line: string) => void): OnBake {
  let begun: number | undefined;
  return (stage, recipe) => {
    const word = BAKE_WORDS[stage];
    if (recipe !== '' || word === undefined) return;
    begun ??= performance.now();
    print(`    ${say(word)} … (${Math.round((performance.now() - begun) / 1000)} s)`);
  };
}

/** The lessons and their pages, as an earlier start left them where nothing has changed. */
async function keptCourse(config: Config, print: (line: string) => void): Promise<Pick<Dev, 'catalog' | 'siteDir'>> {
  const hash = await courseHash(config.labsDir);
  const [catalog, siteDir] = await Promise.all([
    keptCatalog(config.labsDir, hash),
    config.siteDir ?? builtSite(config.labsDir, hash, print),
  ]);
  return { catalog, siteDir };
}

async function assertPortIsFree(config: Config): Promise<void> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', (error) => reject(asStartError(error, config)));
    probe.listen(config.port, config.host, resolve);
  });
  await new Promise((resolve) => probe.close(resolve));
}

function explain(error: unknown): string {
  if (error instanceof StartError) return `${error.message}\n  ${error.advice}`;
  if (error instanceof LabFormatError || error instanceof SandboxError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

try {
  await main();
  // Whatever still holds the event loop belongs to machines that live on without us.
  process.exit(0);
} catch (error) {
  process.stderr.write(`\n✗ ${explain(error)}\n`);
  process.exit(1);
}
