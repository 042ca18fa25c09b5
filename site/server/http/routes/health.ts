// `GET /api/health`: for set-up scripts and monitors.
import type { FastifyInstance } from 'fastify';
import type { AppDeps } from '../app.ts';

export function healthRoute(app: FastifyInstance, deps: AppDeps): void {
  app.get('/api/health', () => ({
    status: 'ok',
    sessions: deps.sessions.seats.length,
    machines: deps.source.stats(),
  }));
}
