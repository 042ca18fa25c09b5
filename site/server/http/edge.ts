// The web's edge: which names we answer to, which sites may talk to us, what a page may load.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { LearnerError } from '../errors.ts';

export type Edge = {
  /** `http://127.0.0.1:8080`: the address given to people */
  readonly origin: string;
  /** Host headers that are answered, lower case */
  readonly hosts: ReadonlySet<string>;
  /** Host headers that are sent to `origin` instead */
  readonly aliases: ReadonlySet<string>;
};

const DEFAULT_PORT: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };

/** Cookies ignore ports but not names, so the course has one name; `localhost` is only a way to it. */
export function edgeOf(publicUrl: string | undefined, host: string, port: number): Edge {
  const local = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
  const origin = new URL(publicUrl ?? `http://${local === 'localhost' ? '127.0.0.1' : local}:${port}`).origin;
  const hosts = new Set([hostOf(origin)]);
  // Behind a proxy the set-up still asks for the health on the address itself.
  hosts.add(`127.0.0.1:${port}`);
  const aliases = publicUrl === undefined ? new Set([`localhost:${port}`, `[::1]:${port}`]) : new Set<string>();
  return { origin, hosts, aliases: new Set([...aliases].filter((alias) => !hosts.has(alias))) };
}

function hostOf(origin: string): string {
  return new URL(origin).host;
}

/** Browsers leave out the port a scheme implies. */
function normalised(host: string, scheme: string): string {
  const lower = host.toLowerCase();
  const implied = `:${DEFAULT_PORT[scheme]}`;
  return lower.endsWith(implied) ? lower.slice(0, -implied.length) : lower;
}

export function guardEdge(app: FastifyInstance, edge: () => Edge, scriptHashes: readonly string[]): void {
  app.addHook('onRequest', async (request, reply) => {
    const { origin, hosts, aliases } = edge();
    setHeaders(reply, origin, scriptHashes);
    const host = normalised(request.headers.host ?? '', new URL(origin).protocol);
    if (aliases.has(host) && request.method === 'GET' && request.headers.upgrade === undefined) {
      return await reply.redirect(origin + request.url, 308);
    }
    if (!hosts.has(host)) throw new LearnerError('wrong-host');
    checkOrigin(request, origin, hosts);
  });
  // A refused upgrade leaves its socket outside Node's bookkeeping: nobody else would ever end it.
  app.addHook('onResponse', async (request, reply) => {
    if (request.headers.upgrade !== undefined && reply.statusCode >= 400) request.raw.socket.destroySoon();
  });
}

/** A page of another site must neither change anything, nor open a socket, nor read the API. */
function checkOrigin(request: FastifyRequest, origin: string, hosts: ReadonlySet<string>): void {
  const given = request.headers.origin;
  const reads = request.method === 'GET' || request.method === 'HEAD';
  if (given === undefined) {
    if (request.headers.upgrade !== undefined || !reads) throw new LearnerError('wrong-origin');
    const site = request.headers['sec-fetch-site'];
    if (request.url.startsWith('/api/') && (site === 'cross-site' || site === 'same-site')) {
      throw new LearnerError('wrong-origin');
    }
    return;
  }
  if (given === origin) return;
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (url?.protocol === new URL(origin).protocol && hosts.has(url.host)) return;
  throw new LearnerError('wrong-origin');
}

function setHeaders(reply: FastifyReply, origin: string, scriptHashes: readonly string[]): void {
  const socketOrigin = origin.replace(/^http/, 'ws');
  const policy = [
    "default-src 'none'",
    ["script-src 'self'", ...scriptHashes.map((hash) => `'${hash}'`)].join(' '),
    // xterm.js writes its sizes and colours into style elements and attributes
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    `connect-src 'self' ${socketOrigin}`,
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ];
  reply.headers({
    'content-security-policy': policy.join('; '),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'x-frame-options': 'DENY',
  });
}
