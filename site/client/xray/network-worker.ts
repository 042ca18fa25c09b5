// Lays out the network's picture beside the page: some tens of milliseconds that no keystroke waits for.
import { layoutNetwork } from './network-layout.ts';
import type { NetworkParts, Placed } from './network-places.ts';

export type LayoutRequest = { readonly key: string; readonly parts: NetworkParts };
export type LayoutAnswer = { readonly key: string; readonly placed: Placed };

addEventListener('message', ({ data }: MessageEvent<LayoutRequest>) => {
  postMessage({ key: data.key, placed: layoutNetwork(data.parts) } satisfies LayoutAnswer);
});
