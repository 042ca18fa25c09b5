// What stands at the port: hands a preview's requests to the proxy and everything else to the course.
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { PreviewProxy } from '../preview/proxy.ts';

/** Node's default for idle connections is 5 s, which makes browsers open a new one for nearly every click. */
const KEEP_ALIVE_MS = 72_000;

/** By the Host header alone, before the course's own checks, which know nothing of these names and refuse them. */
export function openFront(
  course: FastifyInstance,
  proxy: PreviewProxy,
  labelOf: (host: string | undefined) => string | undefined,
): Server {
  // An upload into a guest may take longer than Node's five minutes for a whole request.
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: 0 });
  server.on('request', (request, response) => {
    const label = labelOf(request.headers.host);
    if (label === undefined) course.server.emit('request', request, response);
    else void proxy.request(label, request, response);
  });
  server.on('upgrade', (request, socket, head) => {
    const label = labelOf(request.headers.host);
    if (label === undefined) course.server.emit('upgrade', request, socket, head);
    else void proxy.upgrade(label, request, socket, head);
  });
  return server;
}
