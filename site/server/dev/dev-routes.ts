// The pages' side of `npm run dev`: the script that reloads them, the stream that tells it to, and the tag that loads it.
import type { FastifyInstance } from 'fastify';
import { DEV_EVENTS_PATH, DEV_SCRIPT, DEV_SCRIPT_PATH, DEV_TAG } from './dev-page.ts';
import type { DevLoop, DevState } from './dev-loop.ts';

export function devRoutes(app: FastifyInstance, loop: () => DevLoop | undefined): void {
  app.get(DEV_SCRIPT_PATH, async (_request, reply) => await reply.type('text/javascript').send(DEV_SCRIPT));

  app.get(DEV_EVENTS_PATH, (request, reply) => {
    reply.hijack();
    const { raw } = reply;
    raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    const send = (state: DevState): void => void raw.write(`event: state\ndata: ${JSON.stringify(state)}\n\n`);
    const present = loop();
    if (present === undefined) return void raw.end();
    send(present.state);
    request.raw.on('close', present.listen(send));
  });

  // Pages are changed on their way out: they are asked for as they are.
  app.addHook('onRequest', async (request) => {
    delete request.headers['accept-encoding'];
  });

  app.addHook('onSend', async (_request, reply, payload) => {
    if (!String(reply.getHeader('content-type') ?? '').startsWith('text/html')) return payload;
    const html = await textOf(payload);
    if (html === undefined) return payload;
    reply.removeHeader('content-length');
    return html.replace('</body>', `${DEV_TAG}</body>`);
  });
}

/** Of a page, which Fastify sends as a stream or as text. */
async function textOf(payload: unknown): Promise<string | undefined> {
  if (typeof payload === 'string') return payload;
  if (typeof payload !== 'object' || payload === null || !(Symbol.asyncIterator in payload)) return undefined;
  const chunks: Buffer[] = [];
  for await (const chunk of payload as AsyncIterable<Uint8Array>) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString();
}
