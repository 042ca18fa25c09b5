// Says what the part of a picture is that one points at or has walked to with the arrow keys. Every part carries its words as its label.
const ITEM = '[data-item]';

export class Inspector {
  readonly #root: HTMLElement;
  /** `data-item` of the part that is spoken of */
  #key: string | undefined;
  #walking = false;

  constructor(root: HTMLElement) {
    this.#root = root;
    root.addEventListener('pointerover', (event) => this.#point(event.target));
    root.addEventListener('pointerleave', () => !this.#walking && this.#speak(undefined));
    root.addEventListener('focusin', (event) => {
      const item = itemOf(event.target);
      this.#walking = item !== undefined;
      if (item !== undefined) this.#speak(item.dataset['item']);
    });
    root.addEventListener('focusout', () => (this.#walking = false));
    root.addEventListener('keydown', (event) => this.#walk(event));
  }

  /** After a redraw: one part can be reached with Tab, the words are those of now, a lost focus goes back to the picture. */
  refresh(): void {
    const items = this.#items();
    const chosen = items.find((item) => item.dataset['item'] === this.#key) ?? items[0];
    for (const item of items) {
      const reachable = item === chosen ? '0' : '-1';
      if (item.getAttribute('tabindex') !== reachable) item.setAttribute('tabindex', reachable);
    }
    if (this.#walking && document.activeElement === document.body) chosen?.focus();
    this.#speak(chosen?.dataset['item'] === this.#key ? this.#key : undefined);
  }

  #items(): SVGElement[] {
    return [...this.#root.querySelectorAll<SVGElement>(`.xr-stage ${ITEM}`)];
  }

  #point(target: EventTarget | null): void {
    if (this.#walking) return;
    this.#speak(itemOf(target)?.dataset['item']);
  }

  #speak(key: string | undefined): void {
    this.#key = key;
    const place = this.#root.querySelector('.xr-inspector');
    if (place === null) return;
    const item = key === undefined ? undefined : this.#items().find((each) => each.dataset['item'] === key);
    const words = item?.getAttribute('aria-label') ?? '';
    if (place.textContent !== words) place.textContent = words;
    place.toggleAttribute('data-speaking', item !== undefined);
  }

  #walk(event: KeyboardEvent): void {
    const here = itemOf(event.target);
    if (here === undefined) return;
    const items = this.#items();
    const at = items.indexOf(here);
    const to = {
      ArrowRight: at + 1,
      ArrowDown: at + 1,
      ArrowLeft: at - 1,
      ArrowUp: at - 1,
      Home: 0,
      End: items.length - 1,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = items[Math.max(0, Math.min(items.length - 1, to))];
    next?.focus();
    next?.scrollIntoView({ block: 'nearest' });
  }
}

function itemOf(target: EventTarget | null): SVGElement | undefined {
  return target instanceof Element ? (target.closest<SVGElement>(ITEM) ?? undefined) : undefined;
}
