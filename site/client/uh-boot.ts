// <uh-boot>: what the machine is doing until its prompt is there, as a quiet list; in the queue, the place and an estimate.
import { bootSteps, type Progress, type Seen } from './boot-steps.ts';
import { define, el } from './dom.ts';
import { fill, words } from './text.ts';

const UNSEEN: Seen = { template: false, boot: false };

export class UhBoot extends HTMLElement {
  #seen = UNSEEN;
  #shown = '';
  /** Stays while its content changes: it appears late and slowly, for the sake of starts that are over at once. */
  #box: HTMLElement | undefined;

  /** null once the machine is ready. */
  show(progress: Progress | null): void {
    const key = JSON.stringify(progress);
    if (key === this.#shown) return;
    this.#shown = key;
    this.hidden = progress === null;
    this.dataset['status'] = progress?.stage ?? 'none';
    if (progress === null) {
      this.#seen = UNSEEN;
      this.#box?.remove();
      this.#box = undefined;
      return;
    }
    const { stage } = progress;
    this.#seen = { template: this.#seen.template || stage === 'template', boot: this.#seen.boot || stage === 'boot' };
    if (this.#box === undefined) {
      this.#box = el('div', { class: 'boot-box' });
      this.append(this.#box);
    }
    // Steps last for a second; who waits longer is told how it goes.
    this.#box.role = progress.stage === 'queued' ? 'status' : null;
    this.#box.replaceChildren(...(progress.stage === 'queued' ? queue(progress) : steps(progress, this.#seen)));
  }
}

function queue(progress: Progress): readonly HTMLElement[] {
  const text = words().boot;
  const minutes = Math.max(1, Math.round(progress.estimateMs / 60_000));
  // Not to the second: it would count up and down with every start of others.
  const seconds = Math.max(5, Math.ceil(progress.estimateMs / 5000) * 5);
  const soon = progress.estimateMs < 45_000;
  const sentence = progress.full ? (soon ? text.queueSoon : text.queue) : text.queueTurn;
  return [
    el('h2', {}, fill(text.queueTitle, { n: progress.position })),
    el('p', {}, fill(sentence, { n: progress.position, minutes, seconds })),
  ];
}

function steps(progress: Progress, seen: Seen): readonly HTMLElement[] {
  const { boot, stage } = words();
  const list = el('ol', { class: 'boot-steps' });
  for (const step of bootSteps(progress.stage, seen)) {
    const word = el('span', { class: 'visually-hidden' }, `${boot[step.status]}: `);
    list.append(el('li', { 'data-status': step.status }, word, stage[step.stage]));
  }
  const again =
    progress.attempt > 1 ? [el('p', { class: 'boot-attempt' }, fill(boot.attempt, { n: progress.attempt }))] : [];
  return [el('h2', {}, boot.title), list, ...again];
}

define('uh-boot', UhBoot);
