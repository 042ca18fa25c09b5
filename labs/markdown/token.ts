// The token a renderer rule is called for. markdown-it hands over the list and a position in it.
import type { Token } from 'markdown-it';

export function tokenAt(tokens: readonly Token[], index: number): Token {
  const token = tokens[index];
  if (token === undefined) throw new RangeError(`no token ${index}`);
  return token;
}
