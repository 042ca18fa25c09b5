// The HTTP calls a page makes, each parsed with the contract's schema.
import * as z from 'zod/mini';
import { ApiError, ClaimAnswer, CourseProgress, LabProgress, type LocalText } from '../api/labs.ts';

/** An answer that is no success: the server's own words, or null when no server answered at all. */
export class RequestFailed extends Error {
  readonly code: string;
  readonly words: LocalText | null;
  constructor(code: string, words: LocalText | null) {
    super(`The request failed: ${code}`);
    this.code = code;
    this.words = words;
  }
}

export type RequestOptions = {
  readonly method?: 'GET' | 'POST';
  readonly keepalive?: boolean;
  readonly body?: unknown;
};

export async function request<S extends z.core.$ZodType>(
  url: string,
  schema: S,
  options: RequestOptions,
): Promise<z.infer<S>> {
  let response: Response;
  try {
    response = await fetch(url, {
      method: options.method ?? 'GET',
      keepalive: options.keepalive ?? false,
      credentials: 'same-origin',
      headers: {
        accept: 'application/json',
        ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
    });
  } catch {
    throw new RequestFailed('unreachable', null);
  }
  const body: unknown = await response.json().catch(() => undefined);
  if (!response.ok) {
    const error = ApiError.safeParse(body);
    throw error.success
      ? new RequestFailed(error.data.code, error.data.message)
      : new RequestFailed(response.status >= 502 ? 'unreachable' : `http-${response.status}`, null);
  }
  const parsed = z.safeParse(schema, body);
  if (!parsed.success) throw new RequestFailed('unexpected-answer', null);
  return parsed.data;
}

export function getLab(lab: string): Promise<LabProgress> {
  return request(`/api/labs/${encodeURIComponent(lab)}`, LabProgress, {});
}

export function getCourse(): Promise<CourseProgress> {
  return request('/api/progress', CourseProgress, {});
}

/** `keepalive` lets the request outlive the page that was left for the lab. */
export function claimMachine(lab: string, options: { keepalive?: boolean } = {}): Promise<ClaimAnswer> {
  return request(`/api/labs/${encodeURIComponent(lab)}/session`, ClaimAnswer, { method: 'POST', ...options });
}

export function socketUrl(session: string): string {
  const url = new URL(`/api/sessions/${encodeURIComponent(session)}/socket`, location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
}
