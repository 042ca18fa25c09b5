// The port preview: its names, what goes through to the guest and back, and what does not.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request as httpRequest } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, Server } from 'node:http';
import { connect, createServer as createTcpServer } from 'node:net';
import type { AddressInfo, Server as TcpServer } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import WebSocket, { WebSocketServer } from 'ws';
import { readConfig } from '../../../site/server/config.ts';
import { openFront } from '../../../site/server/http/front.ts';
import { previewAddress } from '../../../site/server/preview/address.ts';
import type { PreviewRow } from '../../../site/server/models/previews.ts';
import { Previews } from '../../../site/server/preview/previews.ts';
import type { Previewed } from '../../../site/server/preview/previews.ts';
import { PreviewProxy } from '../../../site/server/preview/proxy.ts';
import { TestServer } from '../../fixtures/server.ts';

describe('the name of a preview', () => {
  const label = 'abcdefghijklmnopqrstuvwxyz';

  it('is below localhost where the course is read on its own computer', () => {
    const address = previewAddress('http://127.0.0.1:8080', undefined);
    expect(address?.url(label)).toBe(`http://${label}.localhost:8080/`);
    expect(address?.label(`${label}.localhost:8080`)).toBe(label);
    expect(address?.label(`${label.toUpperCase()}.LOCALHOST:8080`)).toBe(label);
  });

  it('is none anywhere else, unless a domain is configured', () => {
    expect(previewAddress('https://course.example.org', undefined)).toBeUndefined();
    const address = previewAddress('https://course.example.org', 'shown.example.net');
    expect(address?.url(label)).toBe(`https://${label}.shown.example.net/`);
    expect(address?.label(`${label}.shown.example.net:443`)).toBe(label);
    const odd = previewAddress('http://10.0.0.5:8080', 'shown.example.net:9000');
    expect(odd?.url(label)).toBe(`http://${label}.shown.example.net:9000/`);
  });

  it('is never the name of the course, nor one that only resembles it', () => {
    const address = previewAddress('http://127.0.0.1:8080', undefined);
    for (const host of ['127.0.0.1:8080', 'localhost:8080', 'localhost', undefined, `${label}.localhost:81`]) {
      expect(address?.label(host)).toBeUndefined();
    }
    for (const host of ['a.b.localhost:8080', 'short.localhost:8080', '.localhost:8080']) {
      expect(address?.label(host)).toBe('');
    }
  });

  it('may not be one below which the course itself is', () => {
    const env = { UNDERHOOD_PUBLIC_URL: 'https://course.example.org', UNDERHOOD_PREVIEW_DOMAIN: 'example.org' };
    expect(() => readConfig(env)).toThrow(/course itself/);
    expect(() => readConfig({ UNDERHOOD_PREVIEW_DOMAIN: 'http://x' })).toThrow(/UNDERHOOD_PREVIEW_DOMAIN/);
  });
});

describe('the preview', () => {
  let guest: Server;
  let front: Server;
  /** the same, but it waits for no answer longer than an instant */
  let hasty: Server;
  let proxy: PreviewProxy;
  let previews: Previews;
  const kept: PreviewRow[] = [];
  let awake = true;
  let seen: { method: string; url: string; headers: IncomingHttpHeaders; body: Buffer }[] = [];
  const others: TcpServer[] = [];

  const machine: Previewed = {
    id: 'one',
    awake: () => awake,
    dial: async ({ host, port }) => {
      const socket = connect({ host, port, allowHalfOpen: true });
      await once(socket, 'connect');
      return socket;
    },
    used: () => undefined,
  };

  beforeAll(async () => {
    guest = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        seen.push({
          method: request.method ?? '',
          url: request.url ?? '',
          headers: request.headers,
          body: Buffer.concat(chunks),
        });
        if (request.url === '/moved') {
          const { port } = guest.address() as AddressInfo;
          response.writeHead(302, {
            location: `http://localhost:${port}/there?x=1`,
            'set-cookie': ['a=1; Domain=localhost; Path=/', 'underhood=stolen'],
            'strict-transport-security': 'max-age=1',
          });
          response.end();
        } else if (request.url === '/half') {
          response.writeHead(200, { 'content-length': '1000' });
          response.write('half');
          setImmediate(() => response.socket?.destroy());
        } else if (request.url === '/never') {
          // says nothing
        } else response.end(Buffer.concat(chunks));
      });
    });
    const sockets = new WebSocketServer({ noServer: true });
    guest.on('upgrade', (request, socket, head) => {
      if (request.url !== '/socket') return void socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 3\r\n\r\nno\n');
      seen.push({ method: 'UPGRADE', url: request.url, headers: request.headers, body: Buffer.alloc(0) });
      sockets.handleUpgrade(request, socket, head, (ws) => {
        ws.send('welcome');
        ws.on('message', (data, binary) => ws.send(data, { binary }));
      });
    });
    await once(guest.listen(0, '127.0.0.1'), 'listening');

    const course = { server: createServer((_request, response) => response.end('the course')) };
    const address = previewAddress('http://127.0.0.1:1', 'localhost:1');
    previews = new Previews(() => address, { keep: (_, row) => kept.push(row), drop: () => kept.splice(0) });
    const originOf = (label: string): string => new URL(address?.url(label) ?? '').origin;
    const open = async (): Promise<Server> => {
      const opened = openFront(course as never, proxy, (host) => address?.label(host));
      await once(opened.listen(0, '127.0.0.1'), 'listening');
      return opened;
    };
    proxy = new PreviewProxy({ previews, originOf, log: () => undefined, answerMs: 100 });
    hasty = await open();
    proxy = new PreviewProxy({ previews, originOf, log: () => undefined });
    front = await open();
  });
  afterEach(() => {
    seen = [];
    awake = true;
  });
  afterAll(async () => {
    proxy.close();
    for (const server of [guest, front, hasty]) {
      server.closeAllConnections();
      server.close();
    }
    for (const server of others) server.close();
  });

  const portOf = (server: TcpServer): number => (server.address() as AddressInfo).port;
  const hostFor = (port = portOf(guest)): string => {
    const [shown] = previews.view(machine, [{ port, host: '127.0.0.1' }]).ports;
    return new URL(shown?.url ?? '').host;
  };

  type Answer = { status: number; headers: IncomingHttpHeaders; body: Buffer };
  async function ask(
    path: string,
    options: { at?: Server; host?: string; headers?: Record<string, string>; method?: string; body?: Buffer[] } = {},
  ): Promise<Answer> {
    const request = httpRequest({
      port: portOf(options.at ?? front),
      host: '127.0.0.1',
      path,
      method: options.method ?? (options.body === undefined ? 'GET' : 'POST'),
      headers: { host: options.host ?? hostFor(), ...options.headers },
    });
    for (const chunk of options.body ?? []) request.write(chunk);
    request.end();
    const [answer] = (await once(request, 'response')) as [IncomingMessage];
    const chunks: Buffer[] = [];
    for await (const chunk of answer) chunks.push(chunk as Buffer);
    return { status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks) };
  }

  it('gives every port an address of its own, and the same one again', () => {
    const [a, b] = [hostFor(8080), hostFor(8081)];
    expect(a).not.toBe(b);
    expect(hostFor(8080)).toBe(a);
  });

  it('carries a large body both ways, chunked or not', async () => {
    const body = Array.from({ length: 160 }, () => randomBytes(64 * 1024));
    const whole = Buffer.concat(body);
    expect((await ask('/', { body })).body.equals(whole)).toBe(true);
    expect(seen[0]?.headers['transfer-encoding']).toBe('chunked');
    await ask('/', { body: [whole], headers: { 'content-length': String(whole.length) } });
    expect(seen[1]?.headers['content-length']).toBe(String(whole.length));
  });

  it('does not let the body of a GET pass for another request', async () => {
    const smuggled = Buffer.from('POST /smuggled HTTP/1.1\r\nhost: x\r\n\r\n');
    await ask('/', { method: 'GET', body: [smuggled], headers: { 'transfer-encoding': 'chunked' } });
    expect(seen.map(({ url }) => url)).toEqual(['/']);
    expect(seen[0]?.body.equals(smuggled)).toBe(true);
  });

  it('asks the guest as localhost, without the course’s cookies or a hop’s own headers', async () => {
    const host = hostFor();
    await ask('/path?q=1', {
      host,
      headers: {
        cookie: 'underhood=secret; mine=1; underhood-locale=ko; __Host-underhood=secret',
        origin: `http://${host}`,
        referer: `http://${host}/before`,
        connection: 'keep-alive, x-private',
        'x-private': 'hop',
        'proxy-authorization': 'hop',
        te: 'trailers',
      },
    });
    const inside = `localhost:${portOf(guest)}`;
    expect(seen[0]?.url).toBe('/path?q=1');
    expect(seen[0]?.headers).toMatchObject({
      host: inside,
      origin: `http://${inside}`,
      referer: `http://${inside}/before`,
      cookie: 'mine=1',
      'x-forwarded-host': host,
    });
    for (const name of ['x-private', 'proxy-authorization', 'te']) expect(seen[0]?.headers).not.toHaveProperty(name);
  });

  it('translates what the guest says of itself, and lets it set no cookie beyond its name', async () => {
    const host = hostFor();
    const { status, headers } = await ask('/moved', { host });
    expect(status).toBe(302);
    expect(headers.location).toBe(`http://${host}/there?x=1`);
    expect(headers['set-cookie']).toEqual(['a=1; Path=/']);
    expect(headers).not.toHaveProperty('strict-transport-security');
  });

  it('does not make an answer look whole that was cut short', async () => {
    await expect(ask('/half')).rejects.toThrow(/aborted/);
  });

  it('carries a WebSocket, small and large messages', async () => {
    const host = hostFor();
    const socket = new WebSocket(`ws://127.0.0.1:${portOf(front)}/socket`, {
      headers: { host, origin: `http://${host}` },
    });
    const messages: Buffer[] = [];
    socket.on('message', (data: Buffer) => void messages.push(data));
    await once(socket, 'message');
    const large = randomBytes(3_000_000);
    socket.send(large);
    socket.send('last');
    await expect.poll(() => messages.length).toBe(3);
    expect(messages[0]?.toString()).toBe('welcome');
    expect(messages[1]?.equals(large)).toBe(true);
    expect(seen[0]?.headers.origin).toBe(`http://localhost:${portOf(guest)}`);
    socket.close();
    await once(socket, 'close');
  });

  it('passes on a refused WebSocket as it was refused', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${portOf(front)}/other`, { headers: { host: hostFor() } });
    const [error] = (await once(socket, 'error')) as [Error];
    expect(error.message).toContain('403');
  });

  it('says in both languages when nothing listens, the machine rests, or the address is unknown', async () => {
    const free = createTcpServer();
    await once(free.listen(0, '127.0.0.1'), 'listening');
    const port = portOf(free);
    free.close();
    await once(free, 'close');
    const refused = await ask('/', { host: hostFor(port) });
    expect(refused.status).toBe(502);
    expect(refused.body.toString()).toContain(`Nothing listens on port ${port}`);
    expect(refused.body.toString()).toContain(`${port}번 포트에서 아무도 듣고 있지 않습니다`);
    awake = false;
    const asleep = await ask('/', { headers: { 'accept-language': 'ko' } });
    expect(asleep.status).toBe(503);
    expect(asleep.body.toString()).toMatch(/^<!doctype html><html lang="ko">.*쉬고 있습니다.*is resting/s);
    const unknown = await ask('/', { host: `${'a'.repeat(26)}.localhost:1` });
    expect(unknown.status).toBe(404);
  });

  it('gives up on a guest that does not answer, or answers no HTTP', async () => {
    expect((await ask('/never', { at: hasty })).status).toBe(504);
    const chatty = createTcpServer((socket) => void socket.end('SSH-2.0-OpenSSH_9.2\r\n'));
    others.push(chatty);
    await once(chatty.listen(0, '127.0.0.1'), 'listening');
    const answer = await ask('/', { host: hostFor(portOf(chatty)) });
    expect(answer.status).toBe(502);
    expect(answer.body.toString()).toContain('no HTTP');
  });

  it('takes lines without a carriage return, as a shell script writes them', async () => {
    for (const said of [
      'HTTP/1.0 200 OK\nContent-Type: text/plain\n\nhello',
      'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\n\nhello',
    ]) {
      const script = createTcpServer((socket) => {
        socket.resume();
        socket.end(said);
      });
      others.push(script);
      await once(script.listen(0, '127.0.0.1'), 'listening');
      const answer = await ask('/', { host: hostFor(portOf(script)) });
      expect([answer.status, answer.body.toString()]).toEqual([200, 'hello']);
      expect(answer.headers['content-type']).toContain('text/plain');
    }
  });

  it('has the same name, and leads to the same place, for the next server', async () => {
    const host = hostFor();
    const later = new Previews(() => previewAddress('http://127.0.0.1:1', undefined), {
      keep: () => undefined,
      drop: () => undefined,
    });
    later.restore(machine, kept);
    const label = host.split('.')[0] ?? '';
    const port = portOf(guest);
    expect(later.find(label)?.at).toEqual({ port, host: '127.0.0.1' });
    expect(later.view(machine, [{ port, host: '127.0.0.1' }]).ports).toEqual([{ port, url: `http://${host}/` }]);
  });

  it('leads nowhere once the session is over', async () => {
    const host = hostFor();
    previews.forget(machine.id);
    expect((await ask('/', { host })).status).toBe(404);
    expect(kept).toEqual([]);
  });

  it('hands every other name to the course', async () => {
    expect((await ask('/', { host: '127.0.0.1:1' })).body.toString()).toBe('the course');
  });
});

describe('a server under a preview’s name', () => {
  it('serves neither pages nor API, and the course takes nothing from there', async () => {
    await using server = await TestServer.start();
    const { port } = new URL(server.origin);
    const ask = async (path: string, headers: Record<string, string>): Promise<number> => {
      const request = httpRequest({ host: '127.0.0.1', port, path, method: 'POST', headers }).end();
      const [answer] = (await once(request, 'response')) as [IncomingMessage];
      answer.resume();
      return answer.statusCode ?? 0;
    };
    const name = `${'a'.repeat(26)}.localhost:${port}`;
    expect(await ask('/api/labs/first-steps/session', { host: name })).toBe(404);
    expect(await ask('/api/labs/first-steps/session', { host: `127.0.0.1:${port}`, origin: `http://${name}` })).toBe(
      403,
    );
    expect(server.server.sessions.seats).toHaveLength(0);
    const other = await fetch(`${server.origin}/api/health`);
    expect(other.status).toBe(200);
  });
});
