// The few shapes that the X-ray's pictures are made of. A picture is a value (preact's virtual nodes): tested without a browser,
// put into the page by whoever shows it. Whatever came out of the guest is a child text or an attribute, never HTML.
import { h, type ComponentChildren, type VNode } from 'preact';

export type Attributes = { readonly [name: string]: string | number | boolean | undefined };

/** Width of one character of the pictures' two faces at their usual sizes, px; a syllable of Hangul or a wide sign counts twice. */
const MONO_PX = 7.2;

export function shape(name: string, attributes: Attributes, ...children: ComponentChildren[]): VNode {
  return h(name, attributes, ...children);
}

export function group(attributes: Attributes, ...children: ComponentChildren[]): VNode {
  return shape('g', attributes, ...children);
}

export function label(x: number, y: number, className: string, text: string, attributes: Attributes = {}): VNode {
  return shape('text', { x: round(x), y: round(y), class: className, ...attributes }, text);
}

export function box(
  x: number,
  y: number,
  width: number,
  height: number,
  className: string,
  attributes: Attributes = {},
): VNode {
  return shape('rect', {
    x: round(x),
    y: round(y),
    width: round(Math.max(0, width)),
    height: round(Math.max(0, height)),
    rx: 6,
    class: className,
    ...attributes,
  });
}

export function line(d: string, className: string, attributes: Attributes = {}): VNode {
  return shape('path', { d, class: className, ...attributes });
}

/** Something a reader may point at or walk to with the arrow keys: `about` is said then, and to a screen reader. */
export function item(key: string, about: string, attributes: Attributes, ...children: ComponentChildren[]): VNode {
  return shape(
    'g',
    { key, role: 'img', tabindex: -1, 'aria-label': about, 'data-item': key, ...attributes, ...moved(attributes) },
    ...children,
  );
}

/** Where a thing stands, as a CSS transform, so that it can glide when it moves. */
export function at(x: number, y: number): { readonly style: string } {
  return { style: `transform:translate(${round(x)}px,${round(y)}px)` };
}

function moved(attributes: Attributes): Attributes {
  const style = attributes['style'];
  return typeof style === 'string' ? { style } : {};
}

export function picture(width: number, height: number, title: string, ...children: ComponentChildren[]): VNode {
  const [w, t] = [Math.max(1, Math.round(width)), Math.max(1, Math.round(height))];
  return shape(
    'svg',
    { class: 'xr', viewBox: `0 0 ${w} ${t}`, width: w, height: t, role: 'group', 'aria-label': title },
    ...children,
  );
}

/** How wide a mono text will be, px. */
export function monoWidth(text: string, sizePx = 12): number {
  return (cells(text) * MONO_PX * sizePx) / 12;
}

function cells(text: string): number {
  let count = 0;
  for (const character of text) count += (character.codePointAt(0) ?? 0) >= 0x1100 ? 2 : 1;
  return count;
}

/** The text, or its beginning and an ellipsis, in at most `most` cells. Control characters are shown as dots. */
export function cut(text: string, most: number): string {
  const clean = text.replaceAll(/\p{C}/gu, '·');
  if (cells(clean) <= most) return clean;
  let kept = '';
  let used = 0;
  for (const character of clean) {
    used += cells(character);
    if (used > most - 1) break;
    kept += character;
  }
  return `${kept}…`;
}

/** Like `cut`, but the end is what matters (paths, hashes). */
export function cutFront(text: string, most: number): string {
  const clean = text.replaceAll(/\p{C}/gu, '·');
  return cells(clean) <= most ? clean : `…${[...clean].slice(-(most - 1)).join('')}`;
}

export function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** 1536 → "1.5 KiB". `bytes` are bytes. */
export function bytesText(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value >= 100 || unit === 0 ? Math.round(value) : Math.round(value * 10) / 10} ${units[unit] ?? ''}`;
}
