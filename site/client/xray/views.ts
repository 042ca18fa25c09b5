// The eight views by their names: how each is drawn, and how it is told.
import type { XrayView } from '../../../sandbox/protocol/xray.ts';
import { drawCgroups, tellCgroups } from './cgroups.ts';
import type { View } from './look.ts';
import { drawNamespaces, tellNamespaces } from './namespaces.ts';
import { drawNetworkPath, tellNetworkPath } from './network-path.ts';
import { drawOverlay, tellOverlay } from './overlay.ts';
import { drawProcessTree, tellProcessTree } from './process-tree.ts';
import { drawRunQueue, tellRunQueue } from './run-queue.ts';
import { drawRuntimeChain, tellRuntimeChain } from './runtime-chain.ts';
import { drawVmstat, tellVmstat } from './vmstat.ts';

export const VIEWS: { readonly [V in XrayView]: View<V> } = {
  'run-queue': { draw: drawRunQueue, tell: tellRunQueue },
  vmstat: { draw: drawVmstat, tell: tellVmstat },
  'process-tree': { draw: drawProcessTree, tell: tellProcessTree },
  namespaces: { draw: drawNamespaces, tell: tellNamespaces },
  cgroups: { draw: drawCgroups, tell: tellCgroups },
  'runtime-chain': { draw: drawRuntimeChain, tell: tellRuntimeChain },
  overlay: { draw: drawOverlay, tell: tellOverlay },
  'network-path': { draw: drawNetworkPath, tell: tellNetworkPath },
};

/** For who knows only at run time which view it is; a view's history must hold states of that view only. */
export function viewOf(name: XrayView): View<XrayView> {
  return VIEWS[name];
}

/** A sign for each tab, 16 by 16. */
export const SIGNS: { readonly [V in XrayView]: string } = {
  'run-queue':
    'M1.500 4.500h5M1.500 11.500h5M9 2.500a2 2 0 1 0 .01 0zM13.500 2.500a2 2 0 1 0 .01 0zM9 9.500a2 2 0 1 0 .01 0z',
  vmstat: 'M2 14V8M5 14V4M8 14v-4M11 14V2M14 14V7',
  'process-tree': 'M3 2v11h4M3 7h4M9 5h5v4H9zM9 11h5v4H9z',
  namespaces: 'M2 2h5v12H2zM9.500 2H14v5H9.500zM9.500 9.500H14V14H9.500z',
  cgroups: 'M2 4.500h12M2 11.500h12M9 2.500v4M5 9.500v4',
  'runtime-chain': 'M1.500 6h4v4h-4zM10.500 6h4v4h-4zM5.500 8h5',
  overlay: 'M8 1.500l6.500 3.200L8 8 1.500 4.700zM1.500 8 8 11.200 14.500 8M1.500 11.200 8 14.500l6.500-3.300',
  'network-path': 'M2 6h4v4H2zM10 2h4v4h-4zM10 10h4v4h-4zM6 8h2V4h2M8 8v4h2',
};
