// Who asks: an anonymous learner, known by a random cookie.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Database } from '../db/database.ts';
import { createLearner, findLearner } from '../models/learners.ts';
import type { LearnerRow } from '../models/learners.ts';

/** Over HTTPS the prefix keeps other names of the same domain from setting it, previews among them (RFC 6265bis, 4.1.3.2). */
export function cookieName(secure: boolean): string {
  return secure ? '__Host-underhood' : 'underhood';
}

/** The longest that browsers keep a cookie (RFC 6265bis: 400 days). */
const MAX_AGE_SECONDS = 400 * 24 * 3600;

declare module 'fastify' {
  interface FastifyRequest {
    learner: LearnerRow | null;
  }
}

export async function knownLearner(
  db: Database,
  request: FastifyRequest,
  nowMs: number,
  secure: boolean,
): Promise<LearnerRow | null> {
  const token = request.cookies[cookieName(secure)];
  if (token === undefined || token.length > 128) return null;
  return (await findLearner(db, token, nowMs)) ?? null;
}

/** Makes a learner and gives the browser its cookie. */
export async function welcomeLearner(
  db: Database,
  reply: FastifyReply,
  nowMs: number,
  secure: boolean,
): Promise<LearnerRow> {
  const { id, token } = await createLearner(db, nowMs);
  giveCookie(reply, token, secure);
  return { id };
}

export function giveCookie(reply: FastifyReply, token: string, secure: boolean): void {
  const options = { path: '/', httpOnly: true, sameSite: 'lax', secure, maxAge: MAX_AGE_SECONDS } as const;
  reply.setCookie(cookieName(secure), token, options);
}
