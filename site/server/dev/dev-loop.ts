// `npm run dev`: watches the content folder; what is right is served at once, what is wrong is said, and neither ends the server.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { loadCatalog } from '../../../labs/catalog.ts';
import { formatProblem, LabFormatError } from '../../../labs/problem.ts';
import type { Lab } from '../../../labs/lab.ts';
import { watchContent, type ContentWatch } from './content-watch.ts';
import type { LiveCatalog } from './live-catalog.ts';

const LESSONS = fileURLToPath(new URL('../../dev-lessons.ts', import.meta.url));
/** Editors write a file in several steps. */
const QUIET_MS = 120;
const MOST_REMINDERS = 3;

export type DevState = { readonly version: number; readonly problems: readonly string[] };

export type DevLoopOptions = {
  readonly contentDir: string;
  /** a copy of the built site that may be written to */
  readonly siteDir: string;
  readonly live: LiveCatalog;
  /** builds the whole site again and gives its folder: for a lab that has no page yet, or a changed map */
  readonly rebuild: () => Promise<string>;
  /** for labs whose machines were made by what has changed */
  readonly onRemade: (lab: Lab) => Promise<void>;
  /** for people at the terminal */
  readonly print: (line: string) => void;
};

export class DevLoop {
  readonly #options: DevLoopOptions;
  readonly #watcher: ContentWatch;
  readonly #listeners = new Set<(state: DevState) => void>();
  #state: DevState = { version: 1, problems: [] };
  #timer: NodeJS.Timeout | undefined;
  #turn: Promise<void> = Promise.resolve();
  #map: string;

  constructor(options: DevLoopOptions) {
    this.#options = options;
    this.#map = mapOf(options.live);
    this.#watcher = watchContent(options.contentDir, () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => (this.#turn = this.#turn.then(() => this.#reload())), QUIET_MS);
    });
    // A folder that goes away while it is watched must not end the server.
    this.#watcher.onError((error) => options.print(`✗ ${error.message}`));
  }

  get state(): DevState {
    return this.#state;
  }

  /** Calls back with every new state until the returned function is called. */
  listen(listener: (state: DevState) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  close(): void {
    clearTimeout(this.#timer);
    void this.#watcher.close();
  }

  async #reload(): Promise<void> {
    const { contentDir, live, print } = this.#options;
    try {
      const { changed, remade } = live.replace(await loadCatalog(contentDir));
      // Whoever has just read of a mistake is told that it is gone.
      if (this.#state.problems.length > 0) print('✓');
      if (changed.length === 0 && this.#map === mapOf(live)) return this.#say(false, []);
      await this.#renew();
      for (const lab of remade) await this.#options.onRemade(lab);
      for (const lab of changed) print(`↻ ${lab.id}${remade.includes(lab) ? ' (setup)' : ''}`);
      // A translation that is behind is a reminder, not a mistake: the lab works.
      for (const lab of changed) for (const line of reminders(lab)) print(`  ${line}`);
      this.#say(true, []);
    } catch (error) {
      const problems =
        error instanceof LabFormatError
          ? error.message.split('\n')
          : [error instanceof Error ? error.message : String(error)];
      for (const problem of problems) print(`✗ ${problem}`);
      this.#say(false, problems);
    }
  }

  async #renew(): Promise<void> {
    const map = mapOf(this.#options.live);
    const { siteDir, rebuild } = this.#options;
    if (map !== this.#map || (await this.#putLessons())) {
      await rm(siteDir, { recursive: true, force: true });
      await cp(await rebuild(), siteDir, { recursive: true });
      this.#map = map;
    }
  }

  /** In a process of its own, since site/server and the pages' source do not know each other. True where a page is missing. */
  async #putLessons(): Promise<boolean> {
    const { siteDir, contentDir } = this.#options;
    const child = spawn(process.execPath, [LESSONS, siteDir, contentDir], { stdio: ['ignore', 'pipe', 'pipe'] });
    let [missing, errors] = ['', ''];
    child.stdout.on('data', (bytes: Buffer) => (missing += bytes.toString()));
    child.stderr.on('data', (bytes: Buffer) => (errors += bytes.toString()));
    const [code] = (await once(child, 'close')) as [number | null];
    if (code !== 0) throw new Error(errors.trim().split('\n').slice(-20).join('\n'));
    return missing !== '';
  }

  #say(news: boolean, problems: readonly string[]): void {
    this.#state = { version: this.#state.version + (news ? 1 : 0), problems };
    for (const listener of this.#listeners) listener(this.#state);
  }
}

/** Many of them would hide what else is said: a new lab has nothing but unreviewed paragraphs. */
function reminders({ id, unreviewed }: Lab): readonly string[] {
  if (unreviewed.length <= MOST_REMINDERS) return unreviewed.map(formatProblem);
  return [`${id}: ko.md ↔ en.md × ${unreviewed.length}: npm run reviewed ${id}`];
}

/** What the course's map shows of the labs; a change of it needs the whole site. */
function mapOf({ catalog }: LiveCatalog): string {
  return JSON.stringify([
    catalog.title,
    catalog.parts.map(({ id, title, labs }) => [
      id,
      title,
      labs.map(({ id: lab, title: name, explains }) => [lab, name, explains]),
    ]),
  ]);
}
