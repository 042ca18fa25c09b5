// Solutions: `:::solution` inside a task. Split off: never part of the page.
import type { ContainerBlock } from '../container.ts';

export const solution: ContainerBlock = {
  name: 'solution',
  argument: 'none',
  within: ['task'],
  open: () => '',
  close: () => '',
};
