// `GET /api/sessions/:id/terminals/:terminal/recording`: what one terminal of a learner's own machine printed, as far as it is kept.
import type { FastifyInstance } from 'fastify';
import * as z from 'zod';
import { RateLimit } from '../../auth/rate-limit.ts';
import { LearnerError } from '../../errors.ts';
import { RECORDING_TYPE } from '../../../api/recording.ts';
import type { AppDeps } from '../app.ts';
import { asciicast } from '../asciicast.ts';

const Params = z.object({ id: z.string().max(64), terminal: z.coerce.number().int().min(1).max(0xffff) });

/** Up to some megabytes each. Whoever reads along presses a button; nobody does so once a second. */
const RECORDINGS_PER_MINUTE = 60;

export function recordingRoute(app: FastifyInstance, deps: AppDeps): void {
  const limit = new RateLimit(RECORDINGS_PER_MINUTE, deps.now, 'too-many-tries');
  app.get('/api/sessions/:id/terminals/:terminal/recording', async (request, reply) => {
    const { learner } = request;
    if (learner === null) throw new LearnerError('no-learner');
    const params = Params.safeParse(request.params);
    const seat = params.success ? deps.sessions.find(params.data.id, learner.id) : undefined;
    if (seat === undefined) throw new LearnerError('unknown-session');
    const terminal = params.success ? seat.session.terminals.get(params.data.terminal) : undefined;
    if (terminal === undefined) throw new LearnerError('not-found');
    limit.take(learner.id);
    const title = `${seat.lab.id}, terminal ${terminal.id}`;
    return await reply.type(RECORDING_TYPE).send(asciicast(terminal.recording(), title, deps.now()));
  });
}
