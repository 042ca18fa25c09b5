// Reads a YAML file against a schema; every mistake becomes a problem with its file, line and key.
import { isMap, isPair, isScalar, LineCounter, parseDocument } from 'yaml';
import type { Document } from 'yaml';
import type * as z from 'zod';
import type { Problem } from '../problem.ts';
import { keysAt } from './keys.ts';

export type Parsed<T> = { readonly value: T; readonly lineOf: LineOf } | { readonly problems: readonly Problem[] };

/** The line a key stands on (of its nearest existing ancestor, where it is missing). */
export type LineOf = (path: readonly PropertyKey[]) => number;

export function parseYaml<S extends z.ZodType>(file: string, source: string, schema: S): Parsed<z.output<S>> {
  const counter = new LineCounter();
  const document = parseDocument(source, { lineCounter: counter, uniqueKeys: true });
  if (document.errors.length > 0) {
    return {
      problems: document.errors.map((error) => ({
        file,
        line: counter.linePos(error.pos[0]).line,
        key: 'yaml',
        expected: error.code === 'DUPLICATE_KEY' ? 'each key once' : 'well-formed YAML',
        found: error.message.split('\n')[0] ?? error.code,
      })),
    };
  }
  const data: unknown = document.toJS();
  const lineOf: LineOf = (path) => lineAt(document, counter, path);
  const result = schema.safeParse(data);
  if (result.success) return { value: result.data, lineOf };
  return { problems: result.error.issues.flatMap((issue) => problemsOf(file, issue, schema, data, lineOf)) };
}

function lineAt(document: Document, counter: LineCounter, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const parent: unknown = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    const key = path[length - 1];
    if (isMap(parent)) {
      const pair = parent.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === key);
      if (pair && isScalar(pair.key) && pair.key.range) return counter.linePos(pair.key.range[0]).line;
    }
    const node: unknown = document.getIn(path.slice(0, length), true);
    if (typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range)) {
      return counter.linePos(Number(node.range[0])).line;
    }
  }
  return 1;
}

function problemsOf(
  file: string,
  issue: z.core.$ZodIssue,
  schema: z.ZodType,
  data: unknown,
  lineOf: LineOf,
): readonly Problem[] {
  const at = (path: readonly PropertyKey[], expected: string, found: string): Problem => ({
    file,
    line: lineOf(path),
    key: path.map(String).join('.') || 'file',
    expected,
    found,
  });
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(schema, issue.path, data);
    return issue.keys.map((key) =>
      at([...issue.path, key], known.length > 0 ? `one of ${known.join(', ')}` : 'no further key', `"${key}"`),
    );
  }
  const found = valueAt(data, issue.path);
  return [at(issue.path, expectation(issue), custom(issue) ?? show(found))];
}

function custom(issue: z.core.$ZodIssue): string | undefined {
  const found: unknown = issue.code === 'custom' ? issue.params?.['found'] : undefined;
  return typeof found === 'string' ? found : undefined;
}

function expectation(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.expected === 'record' || issue.expected === 'object' ? 'a mapping' : `${issue.expected}`;
    case 'invalid_value':
      return issue.values.length === 1 ? show(issue.values[0]) : `one of ${issue.values.map(show).join(', ')}`;
    case 'too_small':
      return `${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}${counted(issue.origin)}`;
    case 'too_big':
      return `${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}${counted(issue.origin)}`;
    case 'invalid_union':
      if (issue.discriminator !== undefined && 'options' in issue && Array.isArray(issue.options)) {
        return `one of ${issue.options.map(show).join(', ')}`;
      }
      return issue.message;
    case 'invalid_key':
      return issue.issues[0]?.message ?? 'a valid key';
    default:
      return issue.message;
  }
}

function counted(origin: string): string {
  if (origin === 'string') return ' characters';
  return origin === 'array' ? ' entries' : '';
}

function valueAt(data: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    data,
  );
}

function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}
