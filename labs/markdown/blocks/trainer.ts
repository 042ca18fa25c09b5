// Trainer notes: `:::trainer`. Split off; the page keeps an empty place that a trainer's page fills.
import type { ContainerBlock } from '../container.ts';

export const trainer: ContainerBlock = {
  name: 'trainer',
  argument: 'none',
  open: () => '',
  close: () => '',
};
