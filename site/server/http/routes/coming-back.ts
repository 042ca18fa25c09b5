// `/api/recovery-code` and `POST /api/come-back`: going on in another browser, without an account.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ComeBack } from '../../../api/coming-back.ts';
import type { CameBack, KeepView, NewCode } from '../../../api/coming-back.ts';
import { giveCookie, welcomeLearner } from '../../auth/learner.ts';
import { RateLimit } from '../../auth/rate-limit.ts';
import { LearnerError } from '../../errors.ts';
import { attemptsOf } from '../../models/attempts.ts';
import { addBrowser } from '../../models/learners.ts';
import { codeMadeAt, learnerWithCode, renewCode } from '../../models/recovery-codes.ts';
import type { AppDeps } from '../app.ts';

/** A class comes back at once, perhaps from one address; whoever guesses gets nowhere at any rate near this. */
const TRIES_PER_MINUTE = 60;
const CODES_PER_MINUTE = 5;

export function comingBackRoutes(app: FastifyInstance, deps: AppDeps): void {
  const { db, now, idle } = deps;
  const tries = new RateLimit(TRIES_PER_MINUTE, now, 'too-many-tries');
  const codes = new RateLimit(CODES_PER_MINUTE, now, 'too-many-tries');
  const secure = (): boolean => deps.edge().origin.startsWith('https:');
  const learnerOf = async (request: FastifyRequest, reply: FastifyReply): Promise<string> =>
    (request.learner ?? (await welcomeLearner(db, reply, now(), secure()))).id;

  app.get('/api/recovery-code', async (request, reply): Promise<KeepView> => {
    const madeAt = (await codeMadeAt(db, await learnerOf(request, reply))) ?? null;
    return { madeAt, hibernateAfterMs: idle.hibernateAfterMs, keepMs: idle.keepMs };
  });

  app.post('/api/recovery-code', async (request, reply): Promise<NewCode> => {
    const learner = await learnerOf(request, reply);
    codes.take(learner);
    const madeAt = now();
    return { code: await renewCode(db, learner, madeAt), madeAt };
  });

  app.post('/api/come-back', async (request, reply): Promise<CameBack> => {
    tries.take(request.ip);
    const body = ComeBack.safeParse(request.body);
    if (!body.success) throw new LearnerError('bad-request');
    const learner = await learnerWithCode(db, body.data.code);
    if (learner === undefined) throw new LearnerError('unknown-code');
    giveCookie(reply, await addBrowser(db, learner, now()), secure());
    const attempts = await attemptsOf(db, learner);
    const latest = attempts.toSorted((a, b) => b.touchedAt - a.touchedAt).slice(0, 1000);
    return { labs: [...new Set(latest.map(({ lab }) => lab))] };
  });
}
