// <uh-task>: the foot of a task card: its button, its state, what the last check said, hints in steps, the solution.
// The card around it (section.task) and the form come from the lesson's text.
import type { ClientMessage, ServerMessage } from '../api/socket.ts';
import type { LocalText, TaskView, Verdict } from '../api/labs.ts';
import { enhanceOrder, followSlider, inputKind, readAnswer, writeAnswer } from './answer-form.ts';
import { define, el, part, sentence } from './dom.ts';
import { drawMeasurement } from './measurement.ts';
import { fill, local, words } from './text.ts';
import type { PassedTask } from './uh-passed.ts';

/** A check is given ten seconds by its lab, and some to travel; then we say that nothing came instead of "checking" for ever. */
const VERDICT_WITHIN_MS = 20_000;

type Hint = Extract<ServerMessage, { type: 'hint' }>;

export class UhTask extends HTMLElement {
  #view: TaskView | undefined;
  #linked = false;
  #waiting: ReturnType<typeof setTimeout> | undefined;
  #away: IntersectionObserver | undefined;
  readonly #hints = new Map<number, LocalText>();

  get card(): HTMLElement {
    return this.closest<HTMLElement>('section.task') ?? this;
  }

  get task(): string {
    return this.card.dataset['task'] ?? '';
  }

  get #form(): HTMLFormElement | null {
    return this.card.querySelector('form.answer');
  }

  get #go(): HTMLButtonElement {
    return part(this, '.task-go', HTMLButtonElement);
  }

  connectedCallback(): void {
    const form = this.#form;
    if (form !== null) {
      form.addEventListener('submit', (event) => {
        event.preventDefault();
        this.#submit();
      });
      form.addEventListener('input', (event) => {
        followSlider(form, event.target);
        this.#enable();
      });
      if (inputKind(form) === 'order') enhanceOrder(form, (place) => this.#say([fill(words().task.moved, { place })]));
    }
    this.#go.addEventListener('click', () => this.#submit());
    part(this, '.task-hint', HTMLButtonElement).addEventListener('click', () =>
      this.#send({ type: 'hint', task: this.task }),
    );
    part(this, '.task-solution', HTMLButtonElement).addEventListener('click', () =>
      this.#send({ type: 'solution', task: this.task }),
    );
    this.card
      .querySelector('.task-fold')
      ?.addEventListener('click', () => this.#fold(!this.card.hasAttribute('data-folded')));
  }

  disconnectedCallback(): void {
    clearTimeout(this.#waiting);
    this.#away?.disconnect();
  }

  /** Whether a machine answers: without it nothing can be checked. */
  set linked(linked: boolean) {
    this.#linked = linked;
    this.#enable();
  }

  view(view: TaskView, titleOf: (task: string) => string): void {
    const before = this.#view;
    this.#view = view;
    this.card.dataset['status'] = view.state;
    const text = words().task;
    const goals = Object.values(view.goals);
    // Read out politely: it is what a screen reader hears of a goal that was just reached.
    part(this.card, '.task-state', HTMLElement).textContent = fill(text[view.state], {
      held: goals.filter(Boolean).length,
      of: goals.length,
    });
    this.#goals(view.goals);
    const form = this.#form;
    if (form !== null && view.answer !== null && before?.answer !== view.answer) writeAnswer(form, view.answer);
    const locked = part(this, '.task-waits', HTMLElement);
    locked.hidden = view.waitsFor.length === 0;
    locked.textContent = fill(text.waitsFor, { tasks: view.waitsFor.map(titleOf).join(', ') });
    this.#measured(view);
    if (view.last !== null && before === undefined) this.#verdictText(view.last);
    if (before === undefined) {
      for (const [index, html] of keptHints(this.task)) if (index < view.hintsShown) this.#hints.set(index, html);
      this.#showHints();
    }
    const hint = part(this, '.task-hint', HTMLButtonElement);
    hint.hidden = view.hintsShown >= view.hints || view.state === 'passed';
    hint.textContent = view.hints > 1 ? fill(text.hintOf, { n: view.hintsShown + 1, of: view.hints }) : text.hint;
    part(this, '.task-solution', HTMLButtonElement).hidden = !view.solution || view.state === 'passed';
    part(this.card, '.task-fold', HTMLButtonElement).hidden = view.state !== 'passed';
    // A card passed earlier is a line; one passed just now stays until it has been read and left.
    if (view.state === 'passed' && before === undefined) this.#fold(true);
    if (view.state === 'passed' && before !== undefined && before.state !== 'passed') {
      this.#foldOnceAway();
      const passed: PassedTask = { card: this.card, title: titleOf(view.id) };
      document.dispatchEvent(new CustomEvent<PassedTask>('uh-task-passed', { detail: passed }));
    }
    if (view.state !== 'passed') this.#fold(false);
    this.#enable();
  }

  checking(): void {
    this.dataset['status'] = 'checking';
    clearTimeout(this.#waiting);
    this.#waiting = setTimeout(() => {
      this.dataset['status'] = 'quiet';
      this.#say([words().task.noVerdict]);
      this.#enable();
    }, VERDICT_WITHIN_MS);
    this.#enable();
  }

  verdict(verdict: Verdict): void {
    clearTimeout(this.#waiting);
    this.dataset['status'] = verdict.outcome;
    this.#verdictText(verdict);
    this.#enable();
  }

  hint(hint: Hint): void {
    this.#hints.set(hint.index, hint.html);
    keepHints(this.task, this.#hints);
    this.#showHints();
  }

  #showHints(): void {
    const list = part(this, '.task-hints', HTMLElement);
    list.replaceChildren();
    for (const [, html] of [...this.#hints].sort(([a], [b]) => a - b)) list.append(fragment('li', 'hint', html));
  }

  solution(html: LocalText): void {
    const place = part(this, '.task-answer', HTMLElement);
    place.replaceChildren(el('h4', {}, words().task.solutionTitle), fragment('div', 'solution', html));
    part(this, '.task-solution', HTMLButtonElement).hidden = true;
  }

  #submit(): void {
    const form = this.#form;
    if (this.#go.disabled) return;
    if (form === null || this.#view?.state === 'committed') {
      this.#send({ type: 'check', task: this.task });
      this.checking();
      return;
    }
    const value = readAnswer(form);
    if (value === '') {
      this.#say([words().task.empty]);
      form.querySelector('input')?.focus();
      return;
    }
    this.#send({ type: 'answer', task: this.task, value });
    this.checking();
  }

  #send(message: ClientMessage): void {
    this.dispatchEvent(new CustomEvent<ClientMessage>('uh-send', { bubbles: true, detail: message }));
  }

  #enable(): void {
    const state = this.#view?.state ?? 'locked';
    const kind = this.card.dataset['kind'];
    const text = words().task;
    const committed = state === 'committed';
    const go = this.#go;
    const checking = this.dataset['status'] === 'checking';
    go.textContent = checking
      ? text.checking
      : kind === 'predict' && !committed
        ? text.commit
        : kind === 'do' || committed
          ? text.check
          : kind === 'choose'
            ? text.choose
            : text.answer;
    go.disabled = !this.#linked || checking || state === 'locked' || state === 'passed';
    go.hidden = state === 'passed';
    go.title = this.#linked ? '' : text.offline;
    const shut = state === 'locked' || state === 'passed' || committed;
    for (const field of this.#form?.querySelectorAll<HTMLInputElement | HTMLButtonElement>('input, button') ?? [])
      field.disabled = shut;
    part(this, '.task-note', HTMLElement).textContent = committed ? text.committedNote : '';
  }

  #goals(goals: TaskView['goals']): void {
    for (const [id, held] of Object.entries(goals)) {
      const item = this.card.querySelector<HTMLElement>(`[data-goal="${CSS.escape(id)}"]`);
      if (item === null) continue;
      item.toggleAttribute('data-held', held);
      const word = item.querySelector('.goal-word') ?? el('span', { class: 'goal-word visually-hidden' });
      word.textContent = held ? words().task.goalHeld : words().task.goalOpen;
      item.append(word);
    }
  }

  #measured(view: TaskView): void {
    const place = part(this, '.task-measured', HTMLElement);
    if (view.measured === null) place.replaceChildren();
    else place.replaceChildren(drawMeasurement(view.measured));
  }

  #verdictText(verdict: Verdict): void {
    const messages = verdict.messages.map(local);
    if (verdict.outcome === 'error' && messages.length === 0) messages.push(words().task.errorOutcome);
    this.#say(messages, verdict.outcome);
    if (verdict.outcome === 'not-yet' || verdict.outcome === 'wrong') this.#explained(verdict.explain);
  }

  #say(messages: readonly string[], outcome: Verdict['outcome'] | 'note' = 'note'): void {
    const place = part(this, '.task-messages', HTMLElement);
    place.dataset['outcome'] = outcome;
    place.replaceChildren(...messages.map((message) => el('p', {}, ...sentence(message))));
  }

  /** A way from what is wrong to the paragraph that explains it: the one the lab names, else the task's own section. */
  #explained(anchor: string | null): void {
    const named = anchor === null ? null : document.getElementById(anchor);
    const section = headingBefore(named ?? this.card);
    const target = named ?? section;
    const place = part(this, '.task-messages', HTMLElement);
    // Not to what is still closed because it would give an answer away.
    if (target === undefined || place.childElementCount === 0 || !target.checkVisibility()) return;
    const title = section?.textContent ?? target.textContent;
    const link = el('a', { href: `#${target.id}` }, fill(words().task.explain, { title: title.trim() }));
    place.append(el('p', { class: 'task-explain' }, link));
  }

  #fold(folded: boolean): void {
    this.card.toggleAttribute('data-folded', folded);
    const button = part(this.card, '.task-fold', HTMLButtonElement);
    button.setAttribute('aria-expanded', String(!folded));
    button.textContent = folded ? words().task.unfold : words().task.fold;
  }

  #foldOnceAway(): void {
    this.#away?.disconnect();
    this.#away = new IntersectionObserver(([entry]) => {
      if (entry === undefined || entry.isIntersecting) return;
      this.#away?.disconnect();
      this.#fold(true);
    });
    this.#away.observe(this.card);
  }
}

/** The lesson's heading that a place stands under, or is. */
function headingBefore(place: HTMLElement): HTMLElement | undefined {
  const headings =
    place.closest('.lesson-text')?.querySelectorAll<HTMLElement>('h2[id], h3[id]:not(.task-title)') ?? [];
  const before = Node.DOCUMENT_POSITION_FOLLOWING;
  return [...headings].findLast((each) => each === place || (each.compareDocumentPosition(place) & before) !== 0);
}

/** The server hands a hint out once; over a reload this tab remembers it. */
function keepHints(task: string, hints: ReadonlyMap<number, LocalText>): void {
  sessionStorage.setItem(`underhood.hints ${location.pathname.slice(3)} ${task}`, JSON.stringify([...hints]));
}

function keptHints(task: string): readonly (readonly [number, LocalText])[] {
  const kept = sessionStorage.getItem(`underhood.hints ${location.pathname.slice(3)} ${task}`);
  return kept === null ? [] : (JSON.parse(kept) as [number, LocalText][]);
}

/** Hints and solutions are our own lessons' HTML, rendered when the site was built and escaped there. */
function fragment(name: 'li' | 'div', className: string, html: LocalText): HTMLElement {
  const element = el(name, { class: className });
  element.innerHTML = local(html);
  element.dispatchEvent(new Event('uh-fragment', { bubbles: true }));
  return element;
}

define('uh-task', UhTask);
