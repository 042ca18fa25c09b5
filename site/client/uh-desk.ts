// <uh-desk data-lab="…">: joins lesson and machine: claims the machine, keeps the connection, passes messages to where they belong.
import type { ClientMessage, ServerMessage, SessionView } from '../api/socket.ts';
import { claimMachine, getLab, RequestFailed, socketUrl } from './api.ts';
import { backoffMs } from './backoff.ts';
import { Connection } from './connection.ts';
import { IDLE, type EndReason, type Link } from './connection-state.ts';
import { define, part } from './dom.ts';
import { reveal } from './layout.ts';
import { keyAction, type KeyAction } from './terminal-keys.ts';
import { noticeFor, type NoticeAction } from './notice-state.ts';
import { local, words } from './text.ts';
import { UhClock } from './uh-clock.ts';
import type { TypeRequest } from './uh-command.ts';
import { UhHelp } from './uh-help.ts';
import { UhLesson } from './uh-lesson.ts';
import { UhMachine } from './uh-machine.ts';
import { UhProgress } from './uh-progress.ts';
import { UhXray } from './uh-xray.ts';

const SAID_MS = 4_000;

/** Keys that mean the same in the text as in a terminal. */
const FROM_THE_TEXT: readonly KeyAction[] = [
  'to-text',
  'new-terminal',
  'settings',
  'layout-text',
  'layout-both',
  'layout-machine',
  'transcript',
];

export class UhDesk extends HTMLElement {
  #connection: Connection | undefined;
  #session: SessionView | undefined;
  #end: EndReason | undefined;
  #failure: RequestFailed | undefined;
  #attempt = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #unsay: ReturnType<typeof setTimeout> | undefined;

  connectedCallback(): void {
    this.addEventListener('uh-send', (event) => this.#send((event as CustomEvent<ClientMessage>).detail));
    this.addEventListener('uh-type', (event) => this.#type((event as CustomEvent<TypeRequest>).detail));
    this.addEventListener('uh-say', (event) => this.#say((event as CustomEvent<string>).detail));
    this.addEventListener('uh-notice', (event) => this.#act((event as CustomEvent<NoticeAction>).detail));
    this.addEventListener('uh-passed', () => this.#ring());
    document.addEventListener('uh-extend', () => this.#extend());
    document.addEventListener('uh-theme', () => this.#machine.retheme());
    this.#machine.start({
      send: (message) => this.#send(message),
      sendInput: (terminal, bytes) => this.#connection?.sendInput(terminal, bytes),
      say: (text) => this.#say(text),
      help: () => part(document, 'uh-help', UhHelp).open(),
      toText: () => {
        reveal('text');
        part(this, '.lesson-title', HTMLElement).focus();
      },
    });
    this.#resetDialog();
    document.addEventListener('keydown', (event) => {
      const inTerminal = event.target instanceof Element && event.target.closest('uh-terminal') !== null;
      const action = inTerminal ? undefined : keyAction(event);
      if (action === undefined || !FROM_THE_TEXT.includes(action)) return;
      event.preventDefault();
      // The way back into the terminal from the text: the same keys that lead out of it.
      if (action !== 'to-text') return this.#machine.act(action);
      reveal('machine');
      this.#machine.current?.focus();
    });
    // A page that is only prepared in the background takes no machine from the pool.
    if (document.visibilityState === 'visible') void this.#begin();
    else document.addEventListener('visibilitychange', () => void this.#begin(), { once: true });
  }

  disconnectedCallback(): void {
    this.#connection?.close();
    clearTimeout(this.#retry);
  }

  get #lab(): string {
    return this.dataset['lab'] ?? '';
  }

  get #machine(): UhMachine {
    return part(this, 'uh-machine', UhMachine);
  }

  get #xray(): UhXray {
    return part(this, 'uh-xray', UhXray);
  }

  get #lesson(): UhLesson {
    return part(this, 'uh-lesson', UhLesson);
  }

  /** Reads the learner's progress and takes the machine there is (the home page may have claimed it), or claims one. */
  async #begin(): Promise<void> {
    clearTimeout(this.#retry);
    try {
      const progress = await getLab(this.#lab);
      const session = progress.session ?? (await claimMachine(this.#lab)).session;
      this.#failure = undefined;
      this.#attempt = 0;
      this.#connect(session);
      this.#lesson.progress(progress);
      this.#ring();
    } catch (error) {
      if (!(error instanceof RequestFailed)) throw error;
      this.#failure = error;
      this.#attempt += 1;
      if (error.code === 'unreachable')
        this.#retry = setTimeout(() => void this.#begin(), backoffMs(this.#attempt + 2, Math.random()));
    }
    this.#draw();
  }

  #connect(session: string): void {
    this.#connection?.close();
    this.#end = undefined;
    this.#connection = new Connection(socketUrl(session), {
      link: (link, reason) => this.#linked(link, reason),
      message: (message) => this.#message(message),
      output: (frame) => this.#machine.output(frame),
    });
    this.#connection.connect();
  }

  #linked(link: Link, reason: EndReason | undefined): void {
    if (reason !== undefined) this.#end = reason;
    this.#machine.link(link);
    this.#xray.linked(link.status === 'open');
    // The session may be gone for good while the handshake only says "no": ask over HTTP, which can say why.
    if (link.status === 'waiting' && link.attempt > 0 && link.attempt % 4 === 0) void this.#begin();
    this.#draw();
  }

  #message(message: ServerMessage): void {
    // The machine's tools listen for what concerns them.
    this.dispatchEvent(new CustomEvent<ServerMessage>('uh-message', { detail: message }));
    if (message.type === 'session') {
      this.#session = message.session;
      this.#machine.session(message.session);
      this.#xray.machine = message.session.machine?.hostname;
      part(document, 'uh-clock', UhClock).expiresAt = message.session.expiresAt;
      this.#draw();
      return;
    }
    if (message.type === 'xray') return this.#xray.receive(message.message);
    if (this.#machine.message(message) || this.#lesson.message(message)) return;
    if (message.type === 'error') this.#say(local(message.message));
  }

  #draw(): void {
    const link = this.#connection?.link ?? IDLE;
    const notice = noticeFor({ session: this.#session, link, end: this.#end, failure: this.#failure?.code });
    const own = this.#failure?.words;
    this.#machine.notice.show(notice, own === null || own === undefined ? undefined : local(own));
    this.dataset['status'] = notice?.key ?? this.#session?.state ?? 'loading';
    this.#lesson.linked = link.status === 'open' && this.#session?.state === 'ready';
  }

  #send(message: ClientMessage): void {
    this.#connection?.send(message);
  }

  #type(request: TypeRequest): void {
    reveal('machine');
    request.result = this.#machine.type(request.command);
  }

  #act(action: NoticeAction): void {
    if (action === 'reload') location.reload();
    else if (action === 'here') this.#connection?.connect();
    else void this.#begin();
  }

  #extend(): void {
    this.#send({ type: 'extend' });
    this.#say(words().clock.extended);
  }

  #ring(): void {
    const { passed, tasks } = this.#lesson.passed;
    const ring = part(document, 'uh-progress', UhProgress);
    ring.dataset['passed'] = String(passed);
    ring.dataset['tasks'] = String(tasks);
  }

  #resetDialog(): void {
    const dialog = part(document, '#reset-dialog', HTMLDialogElement);
    part(this, '[data-action=reset]', HTMLButtonElement).addEventListener('click', () => dialog.showModal());
    dialog.addEventListener('close', () => {
      if (dialog.returnValue === 'reset') this.#send({ type: 'reset' });
      dialog.returnValue = '';
    });
  }

  /** A word at the desk's foot, gone by itself; read out politely. */
  #say(text: string): void {
    const place = part(document, '#said', HTMLElement);
    place.textContent = text;
    clearTimeout(this.#unsay);
    this.#unsay = setTimeout(() => (place.textContent = ''), SAID_MS);
  }
}

define('uh-desk', UhDesk);
