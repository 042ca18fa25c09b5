// A few lines that make building elements by hand readable.

type Attributes = { readonly [name: string]: string | number | boolean | undefined };

/** `el('button', {class: 'quiet', type: 'button'}, 'Copy')`. `false` and `undefined` leave an attribute out. Text is never HTML. */
export function el<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) element.setAttribute(key, value === true ? '' : String(value));
  }
  element.append(...children);
  return element;
}

/** A sentence with `code` between backticks, as the verdicts' messages are written. Never HTML. */
export function sentence(text: string): (Node | string)[] {
  return text.split('`').map((piece, index) => (index % 2 === 1 ? el('code', {}, piece) : piece));
}

const SVG = 'http://www.w3.org/2000/svg';

export function svg(name: string, attributes: Attributes = {}, ...children: (Node | string)[]): SVGElement {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes))
    if (value !== undefined) element.setAttribute(key, String(value));
  element.append(...children);
  return element;
}

/** The element the page's markup promises; its absence is a mistake of ours and is said at once. */
export function part<T extends Element>(root: ParentNode, selector: string, type: abstract new () => T): T {
  const found = root.querySelector(selector);
  if (!(found instanceof type)) throw new Error(`The page lacks ${selector}`);
  return found;
}

/** Registers a custom element once, also when two entry scripts carry it. */
export function define(name: string, element: CustomElementConstructor): void {
  if (customElements.get(name) === undefined) customElements.define(name, element);
}
