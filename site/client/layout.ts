// What the desk shows: text and machine side by side, or one of them alone. Kept in this browser; drawn by the style sheets.
import { readStored, writeStored } from './stored.ts';

export const LAYOUTS = ['text', 'both', 'machine'] as const;
export type Layout = (typeof LAYOUTS)[number];

export function currentLayout(): Layout {
  const stored = readStored('layout');
  return LAYOUTS.find((layout) => layout === stored) ?? 'both';
}

/** `uh-layout` on the document tells whoever draws it. The page's head script sets the attribute before the first paint. */
export function setLayout(layout: Layout): void {
  writeStored('layout', layout === 'both' ? undefined : layout);
  if (layout === 'both') delete document.documentElement.dataset['layout'];
  else document.documentElement.dataset['layout'] = layout;
  document.dispatchEvent(new CustomEvent('uh-layout'));
}

/** Whoever goes to a part that is put away wants to see it. */
export function reveal(part: 'text' | 'machine'): void {
  const layout = currentLayout();
  if (layout !== 'both' && layout !== part) setLayout('both');
}
