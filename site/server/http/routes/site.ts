// The static site: pages below /ko/ and /en/, assets, and the redirect at `/`.
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { welcomeLearner } from '../../auth/learner.ts';
import type { AppDeps } from '../app.ts';
import { LOCALE_COOKIE, localeOf, localeOfPath } from '../locale.ts';
import type { Site } from '../site-files.ts';

/** Names that carry a hash of the content never change what they mean. */
const HASHED = /[\\/](?:_astro|assets)[\\/]/;

export async function siteRoutes(app: FastifyInstance, deps: AppDeps, site: Site): Promise<void> {
  app.get('/', async (request, reply) => {
    const locale = localeOf(request.cookies[LOCALE_COOKIE], request.headers['accept-language']);
    return await reply
      .header('vary', 'Cookie, Accept-Language')
      .header('cache-control', 'no-store')
      .redirect(`/${locale}/`, 302);
  });

  // The cookie comes with the page: the page's first calls run side by side and must be one learner's.
  app.addHook('onRequest', async (request, reply) => {
    const locale = localeOfPath(request.url);
    if (locale === undefined || request.method !== 'GET' || /\.\w+(?:\?|$)/.test(request.url)) return;
    const { origin } = deps.edge();
    const secure = origin.startsWith('https:');
    reply.header('link', alternates(origin, request.url));
    if (request.learner === null) request.learner = await welcomeLearner(deps.db, reply, deps.now(), secure);
    // The language read last is the one `/` leads to next time.
    if (request.cookies[LOCALE_COOKIE] !== locale) {
      reply.setCookie(LOCALE_COOKIE, locale, { path: '/', sameSite: 'lax', secure, maxAge: 400 * 24 * 3600 });
    }
  });

  await app.register(fastifyStatic, {
    root: site.dir,
    redirect: true,
    cacheControl: false,
    // The build made smaller copies of its texts.
    preCompressed: true,
    setHeaders: (reply, path) => {
      const forever = HASHED.test(path);
      reply.header('vary', 'Accept-Encoding');
      reply.header('cache-control', forever ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
}

/** Where search engines find the page in each language: full addresses, which only the server knows. RFC 8288. */
function alternates(origin: string, url: string): string {
  const path = new URL(url, origin).pathname.replace(/^\/(?:ko|en)\//, '/');
  return ['ko', 'en'].map((locale) => `<${origin}/${locale}${path}>; rel="alternate"; hreflang="${locale}"`).join(', ');
}
