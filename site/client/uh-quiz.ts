// <uh-quiz>: a question for oneself. On “Check” every chosen answer shows its reason, and one sentence says how it stands.
import { define } from './dom.ts';

export class UhQuiz extends HTMLElement {
  connectedCallback(): void {
    const form = this.querySelector('form');
    form?.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#check();
    });
    form?.addEventListener('change', () => this.#say(''));
  }

  #check(): void {
    let [chosen, mistakes, missing] = [0, 0, 0];
    for (const option of this.querySelectorAll<HTMLElement>('.quiz-option')) {
      const picked = option.querySelector('input')?.checked === true;
      const right = option.dataset['right'] === 'true';
      chosen += picked ? 1 : 0;
      mistakes += picked && !right ? 1 : 0;
      missing += !picked && right ? 1 : 0;
      // A reason that was seen once stays: it is what one came for.
      const reason = option.querySelector<HTMLElement>('.quiz-reason');
      if (reason && picked) reason.hidden = false;
    }
    const status = chosen === 0 ? 'none' : mistakes > 0 ? 'wrong' : missing > 0 ? 'missing' : 'right';
    this.#say(this.dataset[status] ?? '', status);
  }

  #say(text: string, status = ''): void {
    this.toggleAttribute('data-passed', status === 'right');
    const place = this.querySelector('.quiz-said');
    if (place) place.textContent = text;
  }
}

define('uh-quiz', UhQuiz);
