// <uh-boot>: what the machine is doing until its prompt is there, as a quiet list; in the queue, the place and an estimate.
import { bootSteps, type Progress, type Seen } from './boot-steps.ts';
import { define, el } from './dom.ts';
import { fill, words } from './text.ts';

const UNSEEN: Seen = { template: false, boot: false };

export class UhBoot extends HTMLElement {
  #seen = UNSEEN;
  #shown = '';

  /** null once the machine is ready. */
  show(progress: Progress | null): void {
    const key = JSON.stringify(progress);
    if (key === this.#shown) return;
    this.#shown = key;
    this.hidden = progress === null;
    this.dataset['status'] = progress?.stage ?? 'none';
    if (progress === null) {
      this.#seen = UNSEEN;
      return;
    }
    const { stage } = progress;
    this.#seen = { template: this.#seen.template || stage === 'template', boot: this.#seen.boot || stage === 'boot' };
    this.replaceChildren(progress.stage === 'queued' ? queue(progress) : steps(progress, this.#seen));
  }
}

function queue(progress: Progress): HTMLElement {
  const text = words().boot;
  const minutes = Math.max(1, Math.round(progress.estimateMs / 60_000));
  // Not to the second: it would count up and down with every start of others.
  const seconds = Math.max(5, Math.ceil(progress.estimateMs / 5000) * 5);
  const soon = progress.estimateMs < 45_000;
  const sentence = progress.full ? (soon ? text.queueSoon : text.queue) : text.queueTurn;
  return el(
    'div',
    { class: 'boot-box', role: 'status' },
    el('h2', {}, fill(text.queueTitle, { n: progress.position })),
    el('p', {}, fill(sentence, { n: progress.position, minutes, seconds })),
  );
}

function steps(progress: Progress, seen: Seen): HTMLElement {
  const { boot, stage } = words();
  const list = el('ol', { class: 'boot-steps' });
  for (const step of bootSteps(progress.stage, seen)) {
    const word = el('span', { class: 'visually-hidden' }, `${boot[step.status]}: `);
    list.append(el('li', { 'data-status': step.status }, word, stage[step.stage]));
  }
  const box = el('div', { class: 'boot-box' }, el('h2', {}, boot.title), list);
  if (progress.attempt > 1) box.append(el('p', { class: 'boot-attempt' }, fill(boot.attempt, { n: progress.attempt })));
  return box;
}

define('uh-boot', UhBoot);
