// Key terms of a lesson: what a term means, in a small card beside it: under the pointer after a moment, on keyboard focus, at a
// tap. Esc or a press elsewhere closes it. Without script, and on paper, the term is a link to the entry at the page's end.
import { el } from './dom.ts';
import { locale, words } from './text.ts';

/** Long enough that a pointer on its way elsewhere opens nothing; the way out leaves time to reach the card. */
const OPEN_AFTER_MS = 350;
const CLOSE_AFTER_MS = 250;

/** from the term, and from the window's edges, in px */
const GAP = 6;

type Open = { readonly term: HTMLAnchorElement; readonly card: HTMLElement; pinned: boolean };

let open: Open | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;

export function explainTerms(root: HTMLElement): void {
  root.addEventListener('pointerover', (event) => {
    if (event.pointerType !== 'mouse') return;
    if (open?.card.contains(event.target as Node)) return clearTimeout(timer);
    const term = termAt(event.target);
    if (term !== undefined) later(OPEN_AFTER_MS, () => show(term, false));
  });
  root.addEventListener('pointerout', (event) => {
    const left = termAt(event.target) !== undefined || open?.card.contains(event.target as Node) === true;
    if (!left || event.pointerType !== 'mouse') return;
    clearTimeout(timer);
    if (open?.pinned === false) later(CLOSE_AFTER_MS, close);
  });
  root.addEventListener('focusin', (event) => {
    const term = termAt(event.target);
    if (term?.matches(':focus-visible')) show(term, true);
  });
  root.addEventListener('focusout', (event) => {
    const to = event.relatedTarget;
    if (to instanceof Node && (open?.card.contains(to) === true || open?.term.contains(to) === true)) return;
    if (open !== undefined && (termAt(event.target) === open.term || open.card.contains(event.target as Node))) close();
  });
  // The press itself already closes an open card, so what it was is looked at before.
  let pressed: HTMLAnchorElement | undefined;
  root.addEventListener('pointerdown', () => (pressed = open?.pinned === true ? open.term : undefined));
  root.addEventListener('click', (event) => {
    const term = termAt(event.target);
    if (term === undefined || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (entryOf(term) === null) return;
    event.preventDefault();
    clearTimeout(timer);
    const again = event.detail > 0 && pressed === term;
    pressed = undefined;
    if (again) close();
    else show(term, true);
  });
  // In a terminal Esc is the shell's, and keeps the browser from closing the card; there it does both.
  document.addEventListener('keydown', (event) => event.key === 'Escape' && close(), { capture: true });
  addEventListener('scroll', () => open && place(open), { passive: true, capture: true });
  addEventListener('resize', () => open && place(open));
}

function later(ms: number, act: () => void): void {
  clearTimeout(timer);
  timer = setTimeout(act, ms);
}

function termAt(target: EventTarget | null): HTMLAnchorElement | undefined {
  return target instanceof Element ? (target.closest<HTMLAnchorElement>('a.term') ?? undefined) : undefined;
}

/** The entry of the page's own glossary. */
function entryOf(term: HTMLAnchorElement): Element | null {
  return document.getElementById(`about-${term.dataset['term'] ?? ''}`);
}

function show(term: HTMLAnchorElement, pinned: boolean): void {
  clearTimeout(timer);
  if (open?.term === term) {
    open.pinned ||= pinned;
    return;
  }
  const entry = entryOf(term);
  const name = entry?.previousElementSibling?.textContent;
  if (entry === null || name === undefined) return;
  close();
  const card = el(
    'span',
    { class: 'term-card', popover: 'auto' },
    el('strong', {}, name),
    el('span', {}, ...[...entry.childNodes].map((node) => node.cloneNode(true))),
    el('a', { href: `/${locale()}/glossary/#term-${term.dataset['term'] ?? ''}` }, words().term.glossary),
  );
  // Right behind its term, so that Tab goes from the term into the card and on.
  term.after(card);
  const mine = { term, card, pinned };
  card.addEventListener('toggle', (event) => {
    if (event.newState !== 'closed') return;
    card.remove();
    if (open === mine) open = undefined;
  });
  open = mine;
  card.showPopover();
  place(mine);
}

function close(): void {
  clearTimeout(timer);
  open?.card.hidePopover();
}

/** Below the term where there is room, else above; never beyond the window's sides. */
function place({ term, card }: Open): void {
  const line = term.getClientRects()[0] ?? term.getBoundingClientRect();
  const { width, height } = card.getBoundingClientRect();
  const left = Math.max(GAP, Math.min(line.left, document.documentElement.clientWidth - width - GAP));
  const below = line.bottom + GAP;
  const top = below + height > innerHeight - GAP && line.top - height - GAP > 0 ? line.top - height - GAP : below;
  card.style.left = `${left}px`;
  card.style.top = `${top}px`;
}
