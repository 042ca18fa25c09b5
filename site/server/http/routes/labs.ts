// `GET /api/progress`, `GET /api/labs/:lab`, `POST /api/labs/:lab/session`: a learner's labs.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import * as z from 'zod';
import { findLab } from '../../../../labs/lab.ts';
import type { Lab } from '../../../../labs/lab.ts';
import { drawVariables, pageVariables } from '../../../../labs/variables.ts';
import type { ClaimAnswer, CourseProgress, LabProgress } from '../../../api/labs.ts';
import { isLive } from '../../../../sandbox/session/state.ts';
import { welcomeLearner } from '../../auth/learner.ts';
import { LearnerError } from '../../errors.ts';
import { taskView } from '../../grading/task-view.ts';
import { attemptsOf, presentAttempt } from '../../models/attempts.ts';
import type { LearnerRow } from '../../models/learners.ts';
import { progressOf } from '../../models/tasks.ts';
import type { AppDeps } from '../app.ts';

const Params = z.object({ lab: z.string().max(64) });

export function labRoutes(app: FastifyInstance, deps: AppDeps): void {
  const { db, catalog, sessions, now } = deps;

  const learnerOf = async (request: FastifyRequest, reply: FastifyReply): Promise<LearnerRow> =>
    request.learner ?? (await welcomeLearner(db, reply, now(), deps.edge().origin.startsWith('https:')));

  const labOf = (request: FastifyRequest): Lab => {
    const params = Params.safeParse(request.params);
    const lab = params.success ? findLab(catalog, params.data.lab) : undefined;
    if (lab === undefined) throw new LearnerError('unknown-lab');
    return lab;
  };

  app.get('/api/progress', async (request, reply): Promise<CourseProgress> => {
    const learner = await learnerOf(request, reply);
    const attempts = await attemptsOf(db, learner.id);
    const known = attempts.flatMap(({ lab: id, passed, touchedAt }) => {
      const lab = findLab(catalog, id);
      if (lab === undefined) return [];
      const count = lab.tasks.filter((task) => passed.includes(task.id)).length;
      return [[id, { passed: count, tasks: lab.tasks.length, touchedAt }] as const];
    });
    return { labs: Object.fromEntries(known) };
  });

  app.get('/api/labs/:lab', async (request, reply): Promise<LabProgress> => {
    const lab = labOf(request);
    const learner = await learnerOf(request, reply);
    const attempt = await presentAttempt(db, learner.id, lab.id, now());
    const progress = await progressOf(db, attempt.id);
    const seat = sessions.seatIn(learner.id, lab.id);
    return {
      lab: lab.id,
      attempt: attempt.number,
      variables: pageVariables(drawVariables(lab.variables, attempt.seed)),
      tasks: lab.tasks.map((task) => taskView(lab, task, progress, deps.mode)),
      session: seat !== undefined && isLive(seat.session.state) ? seat.id : null,
    };
  });

  app.post('/api/labs/:lab/session', async (request, reply): Promise<ClaimAnswer> => {
    const lab = labOf(request);
    const learner = await learnerOf(request, reply);
    deps.claims.take(learner.id);
    const seat = await sessions.claim(learner.id, lab.id);
    return { session: seat.id };
  });
}
