// What of a request's and an answer's head goes through the preview. Pure.
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';

/** Headers of one connection only (RFC 9110, section 7.6.1), and those that speak of our own way to the guest. */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
]);

/** What a guest has no business to decide for a name of ours. */
const NOT_THE_GUESTS = new Set(['strict-transport-security', 'alt-svc', 'public-key-pins']);

/** The course's own cookies, whatever they are prefixed with. They are bound to another name and should not come at all. */
const OURS = /^(?:__host-|__secure-)?underhood/i;

type Place = {
  /** the preview's own origin, as the browser says it */
  readonly origin: string;
  readonly port: number;
};

/**
 * The guest sees itself asked as `localhost:<port>`, as if its page had been opened inside: many servers refuse names
 * they do not know. Origin and Referer are translated likewise, so that a server which compares them finds them equal.
 */
export function requestHeaders(given: IncomingHttpHeaders, place: Place): OutgoingHttpHeaders {
  const inside = `http://localhost:${place.port}`;
  const headers: OutgoingHttpHeaders = passed(given);
  // Said again, or Node would send the body of a GET without a frame, as if it were the next request.
  if (given['transfer-encoding'] !== undefined) headers['transfer-encoding'] = 'chunked';
  headers['host'] = `localhost:${place.port}`;
  headers['x-forwarded-host'] = new URL(place.origin).host;
  headers['x-forwarded-proto'] = new URL(place.origin).protocol.slice(0, -1);
  if (given.origin === place.origin) headers['origin'] = inside;
  if (given.referer?.startsWith(`${place.origin}/`) === true) {
    headers['referer'] = inside + given.referer.slice(place.origin.length);
  }
  const cookies = (given.cookie ?? '').split(/;\s*/).filter((cookie) => cookie !== '' && !OURS.test(cookie));
  delete headers['cookie'];
  if (cookies.length > 0) headers['cookie'] = cookies.join('; ');
  return headers;
}

export function answerHeaders(given: IncomingHttpHeaders, place: Place): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = passed(given);
  for (const name of NOT_THE_GUESTS) delete headers[name];
  const inside = new RegExp(`^https?://(?:localhost|127\\.0\\.0\\.1)(?::${place.port})?(?=[/?#]|$)`, 'i');
  if (given.location !== undefined) headers['location'] = given.location.replace(inside, place.origin);
  // A cookie for a whole domain would reach other learners' previews, and perhaps the course.
  const cookies = given['set-cookie']?.map((cookie) => cookie.replace(/;\s*domain=[^;]*/gi, ''));
  if (cookies !== undefined) headers['set-cookie'] = cookies.filter((cookie) => !OURS.test(cookie));
  // The address is the key to the preview: it is not told to other sites.
  headers['referrer-policy'] ??= 'same-origin';
  return headers;
}

function passed(given: IncomingHttpHeaders): OutgoingHttpHeaders {
  const named = (given.connection ?? '').toLowerCase().split(/\s*,\s*/);
  return Object.fromEntries(Object.entries(given).filter(([name]) => !HOP_BY_HOP.has(name) && !named.includes(name)));
}
