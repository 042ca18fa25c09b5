// Builds the server once from its configuration and a source of machines; the process around it is main.ts.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { Catalog } from '../../labs/lab.ts';
import { oneByOne } from '../../sandbox/machine/one-by-one.ts';
import type { MachineSource } from '../../sandbox/source/source.ts';
import type { IdlePolicy } from '../../sandbox/session/idle.ts';
import { RateLimit } from './auth/rate-limit.ts';
import type { Config } from './config.ts';
import { openDatabase } from './db/database.ts';
import { StartError } from './errors.ts';
import { buildApp } from './http/app.ts';
import { edgeOf } from './http/edge.ts';
import type { Edge } from './http/edge.ts';
import { openFront } from './http/front.ts';
import type { Site } from './http/site-files.ts';
import { dropPreviews, keepPreview } from './models/previews.ts';
import { previewAddress } from './preview/address.ts';
import { Previews } from './preview/previews.ts';
import { PreviewProxy } from './preview/proxy.ts';
import { Sessions } from './sessions.ts';
import { WarmPlan } from './warm-plan.ts';

export type Log = (event: string, details: Readonly<Record<string, unknown>>) => void;

export type ServerParts = {
  readonly source: MachineSource;
  readonly catalog: Catalog;
  /** undefined = only the API */
  readonly site: Site | undefined;
  readonly log: Log;
  readonly now?: () => number;
  /** adds routes of its own before the server's are made */
  readonly extend?: (app: FastifyInstance) => void;
};

export type Server = {
  /** the address to give to people */
  readonly origin: string;
  readonly port: number;
  readonly sessions: Sessions;
  /** Ends the server and leaves the machines running for the next one. */
  detach(): Promise<void>;
  /** Ends the server and every machine. */
  close(): Promise<void>;
};

/** Binds the port first: a second server must fail before it touches the machines of the first. */
export async function startServer(config: Config, parts: ServerParts): Promise<Server> {
  const { source, catalog, site, log } = parts;
  const now = parts.now ?? Date.now;
  const db = await openDatabase(config.dataDir);
  let edge: Edge = edgeOf(config.publicUrl, config.host, config.port);
  let address = previewAddress(edge.origin, config.previewDomain);
  const previews = new Previews(() => address, {
    keep: (session, row) => {
      keepPreview(db, session, row).catch((error: unknown) => log('a preview could not be kept', { session, error }));
    },
    drop: (session) => {
      dropPreviews(db, session).catch((error: unknown) => log('previews could not be dropped', { session, error }));
    },
  });
  const idle: IdlePolicy = {
    pauseAfterMs: config.pauseAfterMs,
    hibernateAfterMs: config.hibernateAfterMs,
    keepMs: config.keepMs,
    sessionLimitMs: config.sessionLimitMs,
  };
  const warm = new WarmPlan(source, config.warmMachines);
  const sessions = new Sessions({
    db,
    previews,
    source,
    catalog,
    mode: config.mode,
    machinesPerLearner: config.machinesPerLearner,
    checkpoints: config.checkpoints > 0,
    outputBytesPerSecond: config.outputBytesPerSecond,
    idle,
    hibernations: oneByOne(),
    claimed: (lab) => warm.claimed(lab),
    log,
    now,
  });
  const ready = Promise.withResolvers<void>();
  // Requests that came before see the failure; without any nobody would.
  ready.promise.catch(() => undefined);
  const app = await buildApp({
    db,
    catalog,
    sessions,
    source,
    site,
    claims: new RateLimit(config.claimsPerMinute, now),
    idle,
    mode: config.mode,
    edge: () => edge,
    ready: ready.promise,
    log,
    now,
    extend: parts.extend,
  });
  const originOf = (label: string): string => new URL(address?.url(label) ?? edge.origin).origin;
  const proxy = new PreviewProxy({ previews, originOf, log });
  const front = openFront(app, proxy, (host) => address?.label(host));
  const end = async (machines: () => Promise<void>): Promise<void> => {
    await machines();
    proxy.close();
    await app.close();
    const ended = front.listening ? once(front, 'close') : Promise.resolve();
    front.close();
    // A page that keeps its connection open must not keep the server.
    front.closeAllConnections();
    await ended;
    await db.destroy();
  };
  try {
    await app.ready();
    front.listen({ host: config.host, port: config.port });
    await once(front, 'listening');
    const { port } = front.address() as AddressInfo;
    edge = edgeOf(config.publicUrl, config.host, port);
    address = previewAddress(edge.origin, config.previewDomain);
    await sessions.adoptAll();
    const [first] = catalog.labs;
    if (first !== undefined) warm.claimed(first);
    ready.resolve();
    let ended: Promise<void> | undefined;
    return {
      origin: edge.origin,
      port,
      sessions,
      detach: () => (ended ??= end(() => sessions.detachAll())),
      close: () => (ended ??= end(() => sessions.closeAll())),
    };
  } catch (error) {
    ready.reject(error instanceof Error ? error : new Error(String(error)));
    await end(() => sessions.detachAll());
    throw asStartError(error, config);
  }
}

export function asStartError(error: unknown, config: Config): Error {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const where = `${config.host}:${config.port}`;
  if (code === 'EADDRINUSE') {
    const advice = `Use another one:  UNDERHOOD_PORT=${config.port + 1} npm start   (or end the other server: npm stop)`;
    return new StartError('port-taken', where, advice, { cause: error });
  }
  if (code === 'EACCES' || code === 'EADDRNOTAVAIL') {
    const advice = 'Set UNDERHOOD_HOST to an address of this host and UNDERHOOD_PORT to 1024 or above.';
    return new StartError('address-unavailable', where, advice, { cause: error });
  }
  return error instanceof Error ? error : new Error(String(error));
}
