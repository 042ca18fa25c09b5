// Puts `npm run dev` together: a catalog that changes under the server, a copy of the site that may be written to, the loop, the routes.
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { loadCatalog } from '../../../labs/catalog.ts';
import type { Catalog, Lab } from '../../../labs/lab.ts';
import { LabFormatError } from '../../../labs/problem.ts';
import { watchContent } from './content-watch.ts';
import { DevLoop } from './dev-loop.ts';
import { devRoutes } from './dev-routes.ts';
import { liveCatalog } from './live-catalog.ts';

/** The course, as soon as it is right: until then its mistakes are said after every change. */
async function catalogOnceRight(dir: string, print: (line: string) => void): Promise<Catalog> {
  for (;;) {
    const { promise: changed, resolve } = Promise.withResolvers<void>();
    const watcher = watchContent(dir, resolve);
    await watcher.ready;
    try {
      return await loadCatalog(dir);
    } catch (error) {
      if (!(error instanceof LabFormatError)) throw error;
      for (const problem of error.message.split('\n')) print(`✗ ${problem}`);
      await changed;
    } finally {
      await watcher.close();
    }
  }
}

export class Dev implements AsyncDisposable {
  readonly catalog: Catalog;
  readonly siteDir: string;
  readonly #live: ReturnType<typeof liveCatalog>;
  #loop: DevLoop | undefined;

  private constructor(live: ReturnType<typeof liveCatalog>, siteDir: string) {
    this.#live = live;
    this.catalog = live.catalog;
    this.siteDir = siteDir;
  }

  /** Waits until the course in `contentDir` is right. `build` gives the folder of the built site, which is left alone. */
  static async open(contentDir: string, build: () => Promise<string>, print: (line: string) => void): Promise<Dev> {
    const catalog = await catalogOnceRight(contentDir, print);
    const siteDir = await mkdtemp(join(tmpdir(), 'underhood-dev-'));
    await cp(await build(), siteDir, { recursive: true });
    return new Dev(liveCatalog(catalog), siteDir);
  }

  /** To be called before the server's own routes are made. */
  readonly extend = (app: FastifyInstance): void => devRoutes(app, () => this.#loop);

  /** Watches from now on. `onRemade`: the machines of this lab are out of date. */
  begin(options: {
    readonly contentDir: string;
    readonly rebuild: () => Promise<string>;
    readonly onRemade: (lab: Lab) => Promise<void>;
    readonly print: (line: string) => void;
  }): void {
    this.#loop = new DevLoop({ ...options, siteDir: this.siteDir, live: this.#live });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#loop?.close();
    await rm(this.siteDir, { recursive: true, force: true });
  }
}
