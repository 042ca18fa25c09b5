// The web application: the edge in front, then who asks, then the routes.
import cookie from '@fastify/cookie';
import websocket from '@fastify/websocket';
import Fastify from 'fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Catalog } from '../../../labs/lab.ts';
import type { MachineSource } from '../../../sandbox/source/source.ts';
import type { IdlePolicy } from '../../../sandbox/session/idle.ts';
import { knownLearner } from '../auth/learner.ts';
import type { RateLimit } from '../auth/rate-limit.ts';
import type { Database } from '../db/database.ts';
import { LearnerError, asApiError } from '../errors.ts';
import type { Mode } from '../grading/task-view.ts';
import type { Sessions } from '../sessions.ts';
import { socketRoute } from '../socket/route.ts';
import { guardEdge } from './edge.ts';
import type { Edge } from './edge.ts';
import { LOCALE_COOKIE, localeOf, localeOfPath } from './locale.ts';
import { comingBackRoutes } from './routes/coming-back.ts';
import { healthRoute } from './routes/health.ts';
import { labRoutes } from './routes/labs.ts';
import { recordingRoute } from './routes/recording.ts';
import { siteRoutes } from './routes/site.ts';
import type { Site } from './site-files.ts';

/** The API takes small JSON only. */
const BODY_LIMIT_BYTES = 64 * 1024;

/** A whole input window in one message, and no more. */
const SOCKET_LIMIT_BYTES = 64 * 1024 + 1024;

export type AppDeps = {
  readonly db: Database;
  readonly catalog: Catalog;
  readonly sessions: Sessions;
  readonly source: MachineSource;
  readonly claims: RateLimit;
  readonly idle: IdlePolicy;
  readonly mode: Mode;
  /** undefined = only the API */
  readonly site: Site | undefined;
  /** known once the port is */
  readonly edge: () => Edge;
  /** resolves when sessions of an earlier run were taken up: until then the API waits */
  readonly ready: Promise<void>;
  readonly log: (event: string, details: Readonly<Record<string, unknown>>) => void;
  readonly now: () => number;
  /** adds routes and hooks of its own before ours are made */
  readonly extend?: ((app: FastifyInstance) => void) | undefined;
};

export async function buildApp(deps: AppDeps): Promise<FastifyInstance> {
  const app = Fastify({
    logger: false,
    bodyLimit: BODY_LIMIT_BYTES,
    // Sockets are ended by their sessions; a page that keeps its connection open must not keep the server.
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 128 },
  });
  app.decorateRequest('learner', null);
  guardEdge(app, deps.edge, deps.site?.scriptHashes ?? []);
  await app.register(cookie);
  await app.register(websocket, { options: { maxPayload: SOCKET_LIMIT_BYTES, perMessageDeflate: false } });
  acceptEmptyBodies(app);

  app.addHook('onRequest', async (request, reply) => {
    const api = request.url.startsWith('/api/');
    if (api) {
      reply.header('cache-control', 'no-store');
      await deps.ready;
    }
    request.learner = await knownLearner(deps.db, request, deps.now(), deps.edge().origin.startsWith('https:'));
  });

  app.setErrorHandler(async (error, request, reply) => {
    const { status, body } = asApiError(error);
    if (status >= 500) deps.log('a request failed', { method: request.method, url: request.url, error });
    if (request.url.startsWith('/api/') || error instanceof LearnerError) return await reply.code(status).send(body);
    return await sendPage(deps, request, reply, status, 'failed');
  });
  app.setNotFoundHandler(async (request, reply) => {
    if (deps.site !== undefined && !request.url.startsWith('/api/')) {
      return await sendPage(deps, request, reply, 404, 'notFound');
    }
    const { status, body } = asApiError(new LearnerError('not-found'));
    return await reply.code(status).send(body);
  });

  deps.extend?.(app);
  healthRoute(app, deps);
  labRoutes(app, deps);
  comingBackRoutes(app, deps);
  recordingRoute(app, deps);
  socketRoute(app, deps);
  if (deps.site !== undefined) await siteRoutes(app, deps, deps.site);
  return app;
}

async function sendPage(
  deps: AppDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  status: number,
  kind: 'notFound' | 'failed',
): Promise<FastifyReply> {
  const locale =
    localeOfPath(request.url) ?? localeOf(request.cookies[LOCALE_COOKIE], request.headers['accept-language']);
  const html = deps.site?.errorPages[locale][kind] ?? '';
  // What is not there is not there in any language.
  reply.removeHeader('link');
  return await reply.code(status).header('cache-control', 'no-store').type('text/html; charset=utf-8').send(html);
}

/** A claim has no body; Fastify refuses an empty one that calls itself JSON. */
function acceptEmptyBodies(app: FastifyInstance): void {
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, body === '' ? {} : JSON.parse(String(body)));
    } catch {
      done(new LearnerError('bad-request'));
    }
  });
}
