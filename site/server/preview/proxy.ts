// Carries a browser's request, or its WebSocket, to a port inside a machine. Nothing else can be reached by it: the connection
// is made by the guest's own agent, and neither the course's pages nor its API are served under a preview's name.
import { request as httpRequest } from 'node:http';
import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream';
import { localeOf } from '../http/locale.ts';
import { answerHeaders, requestHeaders } from './headers.ts';
import { troublePage, troubleStatus } from './pages.ts';
import type { PreviewTrouble } from './pages.ts';
import type { Preview, Previews } from './previews.ts';

/** The agent carries 64 streams at once, and checks need some of them. Browsers open six per name, and WebSockets besides. */
const MAX_STREAMS = 32;

/** From the end of the question to the head of the answer. What follows may take as long as both sides like. */
const ANSWER_MS = 60_000;

class Refused extends Error {
  readonly trouble: PreviewTrouble;
  constructor(trouble: PreviewTrouble, cause?: unknown) {
    super(`the preview was refused: ${trouble}`, { cause });
    this.trouble = trouble;
  }
}

type Asked = {
  readonly question: ClientRequest;
  readonly stream: Duplex;
  readonly place: { readonly origin: string; readonly port: number };
};

export type PreviewProxyOptions = {
  readonly previews: Previews;
  readonly log: (event: string, details: Readonly<Record<string, unknown>>) => void;
  /** the preview's own origin for a label */
  readonly originOf: (label: string) => string;
  readonly answerMs?: number;
};

export class PreviewProxy {
  readonly #options: PreviewProxyOptions;
  readonly #streams = new Map<string, number>();
  readonly #open = new Set<Duplex>();

  constructor(options: PreviewProxyOptions) {
    this.#options = options;
  }

  async request(label: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const gone = new AbortController();
    response.once('close', () => gone.abort(new Error('the browser left')));
    // Whatever it still sends after an early answer is not read; Node ends the connection then.
    request.on('error', () => undefined);
    const preview = this.#options.previews.find(label);
    try {
      const { question, stream, place } = await this.#ask(label, preview, request, gone.signal);
      question.once('close', () => stream.destroy());
      pipeline(request, question, () => undefined);
      const { answer, upgrade } = await answered(question, this.#options.answerMs ?? ANSWER_MS);
      // Nobody asked for another protocol, so a guest that changes to one breaks its own.
      if (upgrade !== undefined) throw new Refused('broken');
      response.writeHead(answer.statusCode ?? 502, answer.statusMessage, answerHeaders(answer.headers, place));
      // An answer cut short must not look whole: pipeline destroys the response then.
      pipeline(answer, response, () => void question.destroy());
    } catch (error) {
      if (response.headersSent || response.destroyed) return void response.destroy();
      const trouble = error instanceof Refused ? error.trouble : 'broken';
      this.#note(preview, trouble, error);
      response.writeHead(troubleStatus(trouble), PAGE_HEADERS);
      response.end(request.method === 'HEAD' ? undefined : pageFor(trouble, preview, request));
    }
  }

  async upgrade(label: string, request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const gone = new AbortController();
    socket.on('error', () => socket.destroy());
    socket.once('close', () => gone.abort(new Error('the browser left')));
    const preview = this.#options.previews.find(label);
    try {
      if (request.headers.upgrade?.toLowerCase() !== 'websocket') throw new Refused('broken');
      const { question, stream, place } = await this.#ask(label, preview, request, gone.signal, {
        connection: 'Upgrade',
        upgrade: 'websocket',
      });
      socket.once('close', () => stream.destroy());
      question.end();
      const { answer, upgrade: inner } = await answered(question, this.#options.answerMs ?? ANSWER_MS);
      const headers = answerHeaders(answer.headers, place);
      if (inner === undefined) {
        socket.write(headOf(answer, { ...headers, connection: 'close' }));
        return void pipeline(answer, socket, () => void question.destroy());
      }
      socket.write(headOf(answer, { ...headers, connection: 'Upgrade', upgrade: 'websocket' }));
      if (inner.head.length > 0) socket.write(inner.head);
      if (head.length > 0) inner.socket.write(head);
      this.#open.add(socket);
      socket.once('close', () => this.#open.delete(socket));
      pipeline(socket, inner.socket, () => undefined);
      pipeline(inner.socket, socket, () => undefined);
    } catch (error) {
      const trouble = error instanceof Refused ? error.trouble : 'broken';
      this.#note(preview, trouble, error);
      // A script sees no more of a failed WebSocket than that it failed.
      if (!socket.destroyed)
        socket.end(`HTTP/1.1 ${troubleStatus(trouble)} \r\ncontent-length: 0\r\nconnection: close\r\n\r\n`);
    }
  }

  /** Ends what is under way. */
  close(): void {
    for (const socket of this.#open) socket.destroy();
  }

  async #ask(
    label: string,
    preview: Preview | undefined,
    request: IncomingMessage,
    signal: AbortSignal,
    extra: Readonly<Record<string, string>> = {},
  ): Promise<Asked> {
    if (preview === undefined) throw new Refused('unknown');
    const place = { origin: this.#options.originOf(label), port: preview.at.port };
    const stream = await this.#dial(preview, signal);
    preview.machine.used();
    const question = httpRequest({
      createConnection: () => stream,
      method: request.method ?? 'GET',
      path: request.url ?? '/',
      headers: { ...requestHeaders(request.headers, place), ...extra },
      setHost: false,
      // As forgiving as browsers are: a CGI script that says `echo` ends its lines without a carriage return. What a
      // guest gets past a forgiving parser reaches only the page of the same guest, on a connection used once.
      insecureHTTPParser: true,
    });
    // Whoever waits for the answer hears of it; afterwards nobody does.
    question.on('error', () => undefined);
    signal.addEventListener('abort', () => (question.destroy(), stream.destroy()), { once: true });
    return { question, stream, place };
  }

  async #dial({ machine, at }: Preview, signal: AbortSignal): Promise<Duplex> {
    if (!machine.awake()) throw new Refused('asleep');
    const open = this.#streams.get(machine.id) ?? 0;
    if (open >= MAX_STREAMS) throw new Refused('busy');
    this.#streams.set(machine.id, open + 1);
    const release = (): void => {
      const left = (this.#streams.get(machine.id) ?? 1) - 1;
      if (left <= 0) this.#streams.delete(machine.id);
      else this.#streams.set(machine.id, left);
    };
    try {
      const stream = await machine.dial(at, signal);
      stream.once('close', release);
      return stream;
    } catch (cause) {
      release();
      throw new Refused(machine.awake() ? 'refused' : 'asleep', cause);
    }
  }

  #note(preview: Preview | undefined, trouble: PreviewTrouble, error: unknown): void {
    if (trouble !== 'broken') return;
    this.#options.log('a preview was not HTTP', { session: preview?.machine.id, port: preview?.at.port, error });
  }
}

const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  connection: 'close',
};

function pageFor(trouble: PreviewTrouble, preview: Preview | undefined, request: IncomingMessage): string {
  const korean = localeOf(undefined, request.headers['accept-language']) === 'ko';
  return troublePage(trouble, preview?.at.port ?? 0, korean);
}

type Answered = {
  readonly answer: IncomingMessage;
  /** where the guest agreed to change to WebSocket */
  readonly upgrade?: { readonly socket: Duplex; readonly head: Buffer };
};

function answered(question: ClientRequest, withinMs: number): Promise<Answered> {
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    const settle = (act: () => void): void => {
      clearTimeout(timer);
      act();
    };
    const late = (): void => {
      reject(new Refused('slow'));
      question.destroy();
    };
    // The clock runs from when the question was sent whole: an upload may take its time.
    const sent = (): void => void (timer = setTimeout(late, withinMs).unref());
    if (question.writableFinished) sent();
    else question.once('finish', sent);
    question.once('response', (answer) => settle(() => resolve({ answer })));
    question.once('upgrade', (answer, socket, head) => settle(() => resolve({ answer, upgrade: { socket, head } })));
    question.once('error', (cause) => settle(() => reject(new Refused('broken', cause))));
    // Node says this right after an upgrade, too: by then it is settled.
    question.once('close', () => settle(() => reject(new Refused('broken'))));
  });
}

function headOf(answer: IncomingMessage, headers: ReturnType<typeof answerHeaders>): string {
  const lines = Object.entries(headers).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((one) => `${name}: ${String(one)}\r\n`),
  );
  return `HTTP/1.1 ${answer.statusCode ?? 502} ${answer.statusMessage ?? ''}\r\n${lines.join('')}\r\n`;
}
