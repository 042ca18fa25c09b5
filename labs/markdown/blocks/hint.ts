// Hints: `:::hint` inside a task, in the order in which they are given. Split off: never part of the page.
import type { ContainerBlock } from '../container.ts';

export const hint: ContainerBlock = {
  name: 'hint',
  argument: 'none',
  within: ['task'],
  // cut out of the token stream before the page is rendered: see fragments.ts
  open: () => '',
  close: () => '',
};
