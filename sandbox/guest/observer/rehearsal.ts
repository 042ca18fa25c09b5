// Looks at everything once before a template is taken, as for somebody who watches: its copies find the code compiled, the programs
// and kernel modules that a first look needs in memory, and nothing running.
import { XRAY_VIEWS } from '../../protocol/xray/request.ts';
import type { XrayView } from '../../protocol/xray/request.ts';
import type { ObservedTerminal } from './ground.ts';
import { Observer } from './observer.ts';

/** Messages per view, where it does not rest before: the second one goes other ways than the first, the third finds everything open. */
const LOOKS = 3;
/** A view that has not said so much by then is left cold. */
const LONGEST_MS = 20_000;

export async function rehearse(terminals: () => readonly ObservedTerminal[]): Promise<void> {
  const left = new Map<XrayView, number>(XRAY_VIEWS.map((view) => [view, LOOKS]));
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const observer = new Observer(terminals, (view, message) => {
    const { restMs = 0 } = JSON.parse(message) as { readonly restMs?: number };
    const more = (left.get(view) ?? 0) - 1;
    if (more > 0 && restMs === 0) return void left.set(view, more);
    left.delete(view);
    if (left.size === 0) resolve(undefined);
  });
  const late = setTimeout(() => resolve(undefined), LONGEST_MS);
  for (const view of XRAY_VIEWS) observer.watch({ view, rateHz: 2, paths: view === 'overlay' ? ['/'] : [] });
  await promise;
  clearTimeout(late);
  observer.close();
}
