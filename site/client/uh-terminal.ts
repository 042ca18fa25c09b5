// <uh-terminal data-terminal="1">: one terminal's screen. Loads xterm.js when it is first shown; bytes come and go through `stream`.
import type { Screen as XtermScreen } from './xterm.ts';
import { copyText } from './clipboard.ts';
import { define, el } from './dom.ts';
import { quietWatch } from './quiet-watch.ts';
import { asksBeforePaste, cleanPaste, confirmPaste } from './paste.ts';
import { changeSettings, FONT_SIZE, terminalSettings } from './terminal-settings.ts';
import { watchShell } from './shell-marks.ts';
import { terminalTheme } from './terminal-theme.ts';
import { TerminalStream, type StreamWire } from './terminal-stream.ts';
import { fill, words } from './text.ts';
import { keyAction, type KeyAction } from './terminal-keys.ts';

export type TerminalHost = StreamWire & {
  /** a key the terminal does not keep for itself */
  action(action: KeyAction): void;
  say(text: string): void;
};

const DEFAULT_CELLS = { cols: 80, rows: 24 };
const FONTS = `'JetBrains Mono', 'Underhood Hangul Mono', ui-monospace, monospace`;

let xterm: Promise<typeof import('./xterm.ts')> | undefined;

/** Begins loading xterm.js; called early so that it is there when the machine is. Its core and its addons are set up in two tasks. */
export function loadXterm(): Promise<typeof import('./xterm.ts')> {
  xterm ??= import('@xterm/xterm')
    .then(() => pause(0))
    .then(() => import('./xterm.ts'))
    .catch((error: unknown) => {
      xterm = undefined;
      throw error;
    });
  return xterm;
}

export class UhTerminal extends HTMLElement {
  #screen: XtermScreen | undefined;
  #stream: TerminalStream | undefined;
  #host: TerminalHost | undefined;
  #resizing: ResizeObserver | undefined;
  #fitAgain = 0;
  /** what the shell said of its prompt; undefined while it said nothing */
  #free: boolean | undefined;
  #ctrl: HTMLButtonElement | undefined;
  #focusWanted = false;
  readonly #quiet = quietWatch(() => this.#host?.send({ type: 'settled' }));

  get terminal(): number {
    return Number(this.dataset['terminal']);
  }

  get stream(): TerminalStream | undefined {
    return this.#stream;
  }

  get screen(): XtermScreen | undefined {
    return this.#screen;
  }

  /** Whether a command may be typed for the learner: at a free prompt, with nothing held back. */
  get free(): boolean {
    return this.#free === true && this.#stream?.ready === true;
  }

  set prompt(free: boolean) {
    this.#free = free;
    this.dataset['prompt'] = free ? 'free' : 'busy';
  }

  /** Opens the screen and binds it to the connection. Rejects when xterm.js could not be loaded. */
  async open(host: TerminalHost): Promise<void> {
    this.#host = host;
    this.dataset['status'] = 'loading';
    const { makeScreen, openScreen } = await loadXterm();
    // Cells are measured once: the Latin face has to be there before.
    await Promise.race([document.fonts.load(`${FONT_SIZE.usual}px 'JetBrains Mono'`), pause(1500)]);
    // Reading the code, making the screen, drawing and fitting it are four tasks: a tap between them is answered.
    await pause(0);
    if (!this.isConnected || this.#screen !== undefined) return;
    const screen = makeScreen({
      fontFamily: FONTS,
      fontSize: terminalSettings().fontSize,
      lineHeight: 1.2,
      cursorBlink: !matchMedia('(prefers-reduced-motion: reduce)').matches,
      theme: terminalTheme(),
      minimumContrastRatio: 4.5,
      screenReaderMode: terminalSettings().screenReader,
      macOptionIsMeta: true,
      rescaleOverlappingGlyphs: true,
    });
    this.#screen = screen;
    await pause(0);
    // Closed meanwhile.
    if (this.#screen !== screen) return;
    openScreen(screen, this);
    const { terminal } = screen;
    terminal.textarea?.setAttribute('aria-label', fill(words().terminal.label, { n: this.dataset['number'] ?? '1' }));
    const stream = new TerminalStream(
      this.terminal,
      { write: (bytes, done) => terminal.write(bytes, done), size: () => this.size() },
      host,
      {
        inputLost: (reason) => host.say(reason === 'full' ? words().terminal.pasteFull : words().terminal.pasteDropped),
        ready: (ready) => (this.dataset['status'] = ready ? 'ready' : 'holding'),
      },
    );
    this.#stream = stream;
    terminal.onData((data) => this.#typed(data));
    terminal.onBinary((data) => stream.inputBytes(Uint8Array.from(data, (character) => character.charCodeAt(0))));
    terminal.onWriteParsed(() => this.#quiet.output());
    watchShell(terminal, this.terminal, (mark) => {
      // What a replay brings was long ago.
      if (stream.ready) this.dispatchEvent(new CustomEvent('uh-shell', { bubbles: true, detail: mark }));
    });
    terminal.onBell(() => this.#bell());
    terminal.onResize(({ cols, rows }) => {
      if (this.#ours) host.send({ type: 'resize', terminal: this.terminal, cols, rows });
    });
    terminal.textarea?.addEventListener('focus', () => this.#focused());
    terminal.attachCustomKeyEventHandler((event) => this.#key(event));
    // Before xterm.js sees it: what is pasted is looked at first.
    this.addEventListener('paste', (event) => void this.#paste(event), { capture: true });
    this.#resizing = new ResizeObserver(() => this.#fitSoon());
    this.#resizing.observe(this);
    await pause(0);
    if (!this.isConnected) return;
    this.fit();
    stream.attach();
    if (this.#focusWanted) this.focus();
  }

  disconnectedCallback(): void {
    this.#resizing?.disconnect();
    this.#quiet.stop();
    this.#screen?.terminal.dispose();
    this.#screen = undefined;
  }

  /** Before the screen is there, this is kept and done once it is. */
  override focus(): void {
    this.#focusWanted = this.#screen?.terminal.element === undefined;
    this.#screen?.terminal.focus();
  }

  size(): { cols: number; rows: number } {
    const terminal = this.#screen?.terminal;
    return terminal === undefined ? DEFAULT_CELLS : { cols: terminal.cols, rows: terminal.rows };
  }

  fit(): void {
    if (this.clientWidth > 0 && this.clientHeight > 0) this.#screen?.fit.fit();
  }

  /** The size that counts was set by another page; ours comes back with the focus. */
  sized(cols: number, rows: number): void {
    const terminal = this.#screen?.terminal;
    if (terminal === undefined || (terminal.cols === cols && terminal.rows === rows) || this.#ours) return;
    terminal.resize(cols, rows);
  }

  retheme(): void {
    if (this.#screen !== undefined) this.#screen.terminal.options.theme = terminalTheme();
  }

  applySettings(): void {
    if (this.#screen === undefined) return;
    const { fontSize, screenReader } = terminalSettings();
    const { options } = this.#screen.terminal;
    if (options.screenReaderMode !== screenReader) options.screenReaderMode = screenReader;
    if (options.fontSize !== fontSize) options.fontSize = fontSize;
    this.retheme();
    this.fit();
  }

  /** Types text as if it came from the keyboard, without Enter. Several lines go in as a paste, so that none runs by itself. */
  type(text: string): void {
    if (text.includes('\n')) this.#screen?.terminal.paste(text);
    else this.#screen?.terminal.input(text, true);
  }

  /** The next character typed counts as with Ctrl; for keyboards without that key. */
  holdCtrl(button: HTMLButtonElement): void {
    this.#ctrl = this.#ctrl === undefined ? button : undefined;
    button.setAttribute('aria-pressed', String(this.#ctrl !== undefined));
  }

  get #ours(): boolean {
    return document.hasFocus() && document.visibilityState === 'visible';
  }

  #focused(): void {
    this.#host?.send({ type: 'focus', terminal: this.terminal });
    this.fit();
    this.#host?.send({ type: 'resize', terminal: this.terminal, ...this.size() });
    this.dispatchEvent(new CustomEvent('uh-terminal-focus', { bubbles: true }));
  }

  #typed(typed: string): void {
    const data =
      this.#ctrl !== undefined && /^[a-z@[\\\]^_]$/i.test(typed)
        ? String.fromCharCode(typed.toUpperCase().charCodeAt(0) & 31)
        : typed;
    if (this.#ctrl !== undefined) this.holdCtrl(this.#ctrl);
    // Without word of a prompt (a shell in a container, a busybox) an Enter and then quiet output means: look now.
    if (data.includes('\r') && this.#free !== true) this.#quiet.enter();
    this.#stream?.input(data);
  }

  #fitSoon(): void {
    cancelAnimationFrame(this.#fitAgain);
    this.#fitAgain = requestAnimationFrame(() => this.fit());
  }

  async #paste(event: ClipboardEvent): Promise<void> {
    const terminal = this.#screen?.terminal;
    const text = cleanPaste(event.clipboardData?.getData('text/plain') ?? '');
    if (terminal === undefined || text === '') return;
    event.preventDefault();
    event.stopPropagation();
    const bracketed = terminal.modes.bracketedPasteMode;
    const asked = asksBeforePaste(text, terminalSettings().paste, bracketed);
    const wanted = asked ? await confirmPaste(text, bracketed) : text;
    this.focus();
    if (wanted !== undefined) terminal.paste(wanted);
  }

  #bell(): void {
    this.dispatchEvent(new CustomEvent('uh-bell', { bubbles: true }));
    if (!terminalSettings().bell) return;
    this.dataset['bell'] = '';
    setTimeout(() => delete this.dataset['bell'], 180);
  }

  /** Returns false for what must not go to the shell. */
  #key(event: KeyboardEvent): boolean {
    const action = keyAction(event);
    if (action === undefined) return true;
    // The browser's own paste fires the paste event, which xterm.js turns into (bracketed) input.
    if (action === 'paste') return false;
    event.preventDefault();
    if (event.type !== 'keydown') return false;
    if (action === 'copy') void this.#copy();
    else if (action === 'larger' || action === 'smaller' || action === 'usual') changeFontSize(action, this.#host);
    else this.#host?.action(action);
    return false;
  }

  async #copy(): Promise<void> {
    const text = this.#screen?.terminal.getSelection() ?? '';
    if (text !== '' && (await copyText(text))) this.#host?.say(words().terminal.copied);
    this.focus();
  }
}

function changeFontSize(to: 'larger' | 'smaller' | 'usual', host: TerminalHost | undefined): void {
  const step = to === 'larger' ? FONT_SIZE.step : -FONT_SIZE.step;
  changeSettings({ fontSize: to === 'usual' ? FONT_SIZE.usual : terminalSettings().fontSize + step });
  host?.say(fill(words().terminal.fontSize, { n: terminalSettings().fontSize }));
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** The mark drawn where a shell ended. */
export function endedMark(exitCode: number): HTMLElement {
  return el('p', { class: 'terminal-ended' }, fill(words().terminal.endedMark, { code: exitCode }));
}

define('uh-terminal', UhTerminal);
