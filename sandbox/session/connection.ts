// Keeps a session connected to its guest's agent: connects, notices the end, connects again.
import type { Duplex } from 'node:stream';
import { AgentLink } from './agent-link.ts';
import type { LinkHandlers } from './agent-link.ts';

/** The agent is restarted by systemd within a second or two; a machine under heavy load may take longer to answer. */
const FIRST_RETRY_MS = 50;
const LAST_RETRY_MS = 2000;

/** A link that lived this long counts as having worked. */
const SETTLED_MS = 1000;

export type ConnectionHooks = {
  readonly connect: (signal: AbortSignal) => Promise<Duplex>;
  readonly handlers: Omit<LinkHandlers, 'onClose'>;
  /** a link answers; the session is connected when this is done */
  readonly opened: (link: AgentLink) => Promise<void>;
  readonly lost: (error: unknown, attempts: number) => void;
};

export class Connection {
  readonly #hooks: ConnectionHooks;
  #running: AbortController | undefined;
  #link: AgentLink | undefined;
  #waiters: { resolve: (link: AgentLink) => void; reject: (error: Error) => void }[] = [];

  constructor(hooks: ConnectionHooks) {
    this.#hooks = hooks;
  }

  get link(): AgentLink | undefined {
    return this.#link;
  }

  /** Connects and stays connected until `stop`. */
  start(): void {
    if (this.#running !== undefined) return;
    this.#running = new AbortController();
    void this.#run(this.#running.signal);
  }

  /** The link, as soon as there is one. */
  async ready(signal?: AbortSignal): Promise<AgentLink> {
    if (this.#link !== undefined) return this.#link;
    signal?.throwIfAborted();
    return await new Promise<AgentLink>((resolve, reject) => {
      const waiter = { resolve, reject };
      this.#waiters.push(waiter);
      signal?.addEventListener(
        'abort',
        () => {
          this.#waiters = this.#waiters.filter((one) => one !== waiter);
          reject(signal.reason as Error);
        },
        { once: true },
      );
    });
  }

  /** Gives up the present link, which may be broken without knowing it; another one is made. */
  renew(): void {
    void this.#link?.close();
  }

  stop(): void {
    this.#running?.abort(new Error('the session does not need its machine any more'));
    this.#running = undefined;
    const link = this.#link;
    this.#link = undefined;
    void link?.close();
    for (const waiter of this.#waiters.splice(0)) waiter.reject(new Error('the connection was given up'));
  }

  async #run(signal: AbortSignal): Promise<void> {
    let retryMs = FIRST_RETRY_MS;
    let attempts = 0;
    while (!signal.aborted) {
      let stream: Duplex | undefined;
      try {
        stream = await this.#hooks.connect(signal);
        const ended = Promise.withResolvers<Error | undefined>();
        const link = await AgentLink.open(stream, { ...this.#hooks.handlers, onClose: ended.resolve, signal });
        if (signal.aborted) return void (await link.close());
        await Promise.race([this.#hooks.opened(link), ended.promise.then(raise)]);
        this.#link = link;
        for (const waiter of this.#waiters.splice(0)) waiter.resolve(link);
        const bornMs = performance.now();
        const error = await ended.promise;
        if (this.#link === link) this.#link = undefined;
        if (signal.aborted) return;
        // A guest that answers and breaks the rules at once must not keep us busy with its greetings.
        if (performance.now() - bornMs < SETTLED_MS) throw error ?? new Error('the agent hung up at once');
        retryMs = FIRST_RETRY_MS;
        attempts = 0;
        this.#hooks.lost(error, attempts);
      } catch (error) {
        stream?.destroy();
        if (signal.aborted) return;
        this.#hooks.lost(error, ++attempts);
        await pause(retryMs, signal);
        retryMs = Math.min(LAST_RETRY_MS, retryMs * 2);
      }
    }
  }
}

function raise(error: Error | undefined): never {
  throw error ?? new Error('the agent hung up');
}

/** Between two attempts; ends early when nobody wants a third. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });
}
