// <uh-lesson>: the text column: fills in the learner's variables and hands messages to the tasks in it.
import type { ServerMessage } from '../api/socket.ts';
import type { LabProgress, TaskView } from '../api/labs.ts';
import { define } from './dom.ts';
import { explainTerms } from './terms.ts';
import type { UhTask } from './uh-task.ts';

export class UhLesson extends HTMLElement {
  #variables: LabProgress['variables'] = {};
  readonly #views = new Map<string, TaskView>();

  connectedCallback(): void {
    explainTerms(this);
    this.addEventListener('uh-fragment', (event) => {
      if (event.target instanceof HTMLElement) this.#fill(event.target);
    });
  }

  progress(progress: LabProgress): void {
    this.#variables = progress.variables;
    this.#fill(this);
    for (const view of progress.tasks) this.#views.set(view.id, view);
    for (const view of progress.tasks) this.#show(view);
    document.dispatchEvent(new CustomEvent('uh-progress'));
  }

  set linked(linked: boolean) {
    for (const task of this.querySelectorAll<UhTask>('uh-task')) task.linked = linked;
  }

  get passed(): { passed: number; tasks: number } {
    const views = [...this.#views.values()];
    return { passed: views.filter(({ state }) => state === 'passed').length, tasks: views.length };
  }

  /** Returns true for a message that was about a task. */
  message(message: ServerMessage): boolean {
    switch (message.type) {
      case 'checking':
        this.#task(message.task)?.checking();
        return true;
      case 'verdict':
        this.#task(message.verdict.task)?.verdict(message.verdict);
        return true;
      case 'task':
        this.#views.set(message.task.id, message.task);
        this.#show(message.task);
        this.dispatchEvent(new CustomEvent('uh-passed', { bubbles: true }));
        return true;
      case 'hint':
        this.#task(message.task)?.hint(message);
        this.#fill(this);
        return true;
      case 'solution':
        this.#task(message.task)?.solution(message.html);
        this.#fill(this);
        return true;
      default:
        return false;
    }
  }

  #show(view: TaskView): void {
    // What would give an answer away is closed until one was given.
    const given = view.state === 'committed' || view.state === 'passed';
    const task = CSS.escape(view.id);
    for (const place of this.querySelectorAll(`[data-after="${task}"]`)) place.toggleAttribute('data-open', given);
    for (const note of this.querySelectorAll<HTMLElement>(`[data-note-for="${task}"]`)) note.hidden = given;
    this.#task(view.id)?.view(view, (id) => this.querySelector(`#task-${CSS.escape(id)}`)?.textContent ?? id);
  }

  #task(id: string): UhTask | undefined {
    return this.querySelector<UhTask>(`section.task[data-task="${CSS.escape(id)}"] uh-task`) ?? undefined;
  }

  /** `data-variable` holds a name, or a name and a pair of particles; the server sends both kinds ready to show. */
  #fill(root: HTMLElement): void {
    for (const place of root.querySelectorAll<HTMLElement>('[data-variable]')) {
      const value = this.#variables[place.dataset['variable'] ?? ''];
      if (value === undefined) continue;
      place.textContent = String(value);
      place.dataset['filled'] = '';
    }
  }
}

define('uh-lesson', UhLesson);
