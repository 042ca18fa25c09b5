// `GET /api/sessions/:id/socket`: the WebSocket of a page.
import type { FastifyInstance } from 'fastify';
import type { WebSocket } from 'ws';
import * as z from 'zod';
import { CLOSE } from '../../api/socket.ts';
import type { AppDeps } from '../http/app.ts';
import { keepAlive } from './heartbeat.ts';
import { Viewer } from './viewer.ts';

/** Pages of one session: more than anyone's tabs, fewer than would cost something. */
const MAX_PAGES = 32;

/** RFC 6455's registry: 1013 Try Again Later. */
const TRY_LATER = 1013;

const Params = z.object({ id: z.string().max(64) });

export function socketRoute(app: FastifyInstance, deps: AppDeps): void {
  app.get('/api/sessions/:id/socket', { websocket: true }, (socket: WebSocket, request) => {
    const { learner } = request;
    if (learner === null) return socket.close(CLOSE.forbidden, 'no learner');
    const params = Params.safeParse(request.params);
    // Somebody else's session is answered like one that never was.
    const seat = params.success ? deps.sessions.find(params.data.id, learner.id) : undefined;
    if (seat === undefined) return socket.close(CLOSE.gone, 'no such session');
    if (seat.pages >= MAX_PAGES) return socket.close(TRY_LATER, 'too many pages');
    keepAlive(socket);
    new Viewer(socket, seat, { log: deps.log, mayReset: () => deps.claims.take(learner.id) });
  });
}
