// The still picture of a view in a lesson: drawn when the site is built, by the same functions that draw the live one.
import { renderToStaticMarkup } from 'preact-render-to-string';
import { XRAY_VIEWS, type XrayView } from '../../../sandbox/protocol/xray.ts';
import { en } from '../../client/xray/text/en.ts';
import { ko } from '../../client/xray/text/ko.ts';
import { layoutNetwork } from '../../client/xray/network-layout.ts';
import { viewOf } from '../../client/xray/views.ts';
import type { Locale } from '../../api/labs.ts';
import { SAMPLES } from '../../client/xray/samples.ts';

/** Of a text column, px. */
const WIDTH = 600;
const HEIGHT = 360;

/** SVG or HTML of the view, or an empty text for a name that is none (labs check it before). */
export function stillPicture(name: string, locale: Locale, lit: readonly string[]): string {
  const view = XRAY_VIEWS.find((each) => each === name);
  if (view === undefined) return '';
  const wide: { readonly [V in XrayView]?: number } = { 'network-path': 860, vmstat: 600 };
  const look = {
    past: SAMPLES[view],
    width: wide[view] ?? WIDTH,
    text: { ko, en }[locale],
    lit: new Set(lit),
    height: HEIGHT,
    places: layoutNetwork,
  };
  // In a lesson it is a picture, not something to walk through.
  return renderToStaticMarkup(viewOf(view).draw(look)).replaceAll(/ tabindex="-?\d+"/g, '');
}
