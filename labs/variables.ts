// Draws a learner's variables from a seed, and says them to scripts (environment) and to the page (with Korean particles).
import { createHash } from 'node:crypto';
import { PARTICLES, particleFor } from './markdown/particles.ts';
import type { VariableSpec, VariableSpecs } from './schema/variables.ts';

export type Variables = Readonly<Record<string, string | number>>;

/** Syllables that read well in both languages and look like nothing a distribution ships. */
const HEADS = [
  'amber',
  'birch',
  'cedar',
  'delta',
  'ember',
  'fjord',
  'grove',
  'heron',
  'inlet',
  'jetty',
  'krill',
  'larch',
];
const TAILS = ['feed', 'gate', 'link', 'mill', 'pack', 'post', 'sync', 'tide', 'vane', 'wick', 'yard', 'zone'];

/**
 * The same spec and seed give the same values, on every host and for ever: a verdict can be judged again years later.
 * The seed stays on the host. Each variable has its own draw, so adding one does not change the others.
 */
export function drawVariables(specs: VariableSpecs, seed: string): Record<string, string | number> {
  const drawn: Record<string, string | number> = {};
  for (const [name, spec] of Object.entries(specs)) drawn[name] = draw(spec, `${seed}\0${name}`, drawn);
  return drawn;
}

function draw(spec: VariableSpec, seed: string, others: Variables): string | number {
  if ('range' in spec) return spec.range[0] + below(spec.range[1] - spec.range[0] + 1, seed);
  if ('pick' in spec) return spec.pick[below(spec.pick.length, seed)] ?? '';
  const taken = new Set((spec.not ?? []).map((name) => others[name]));
  for (let turn = 0; ; turn += 1) {
    const name = invent(spec.name, `${seed}\0${turn}`);
    if (!taken.has(name)) return name;
  }
}

function invent(style: 'program' | 'host' | 'word', seed: string): string {
  const head = HEADS[below(HEADS.length, `${seed}\0head`)] ?? '';
  const tail = TAILS[below(TAILS.length, `${seed}\0tail`)] ?? '';
  if (style === 'word') return head;
  return style === 'program' ? `${head}${tail}d` : `${head}-${tail}`;
}

/** A number from 0 up to `count` (excluded). 48 of the hash's bits: the bias is below one in 10¹². */
function below(count: number, seed: string): number {
  return createHash('sha256').update(seed).digest().readUIntBE(0, 6) % count;
}

/** `loops` → `UH_LOOPS`, for setup.sh, checks and solutions. */
export function variableEnvironment(variables: Variables): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [`UH_${name.toUpperCase()}`, String(value)]),
  );
}

/** The lines of a lab's `variablesFile`: shell assignments, each value quoted. */
export function variableLines(variables: Variables): string {
  return Object.entries(variableEnvironment(variables))
    .map(([name, value]) => `${name}='${value.replaceAll("'", String.raw`'\''`)}'\n`)
    .join('');
}

/**
 * What the page gets: each value under its name, and each particle for it under `name|은/는` and so on (the particle alone).
 * The text holds `<span data-variable="name">` and `<span data-variable="name|은/는">`; filling one is one look-up.
 */
export function pageVariables(variables: Variables): Record<string, string | number> {
  const page: Record<string, string | number> = { ...variables };
  for (const [name, value] of Object.entries(variables)) {
    for (const pair of PARTICLES) page[`${name}|${pair}`] = particleFor(value, pair);
  }
  return page;
}
