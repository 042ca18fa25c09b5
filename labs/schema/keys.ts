// The keys a schema knows at a place in a document, for "expected one of …" after an unknown key.
import * as z from 'zod';

/** Walks `schema` along `path`; `data` decides between the branches of a union. Unknown places give no keys. */
export function keysAt(schema: z.core.$ZodType, path: readonly PropertyKey[], data: unknown): readonly string[] {
  const shape = unwrap(schema);
  if (shape instanceof z.ZodUnion) {
    const branches = shape.options.filter((option) => matches(option, shape, data));
    return [...new Set(branches.flatMap((option) => keysAt(option, path, data)))];
  }
  const [key, ...rest] = path;
  if (key === undefined) return shape instanceof z.ZodObject ? Object.keys(shape.shape) : [];
  const inner: unknown = typeof data === 'object' && data !== null ? Reflect.get(data, key) : undefined;
  if (shape instanceof z.ZodObject) {
    const next: unknown = Reflect.get(shape.shape, key);
    return next instanceof z.ZodType ? keysAt(next, rest, inner) : [];
  }
  if (shape instanceof z.ZodArray) return keysAt(shape.element, rest, inner);
  if (shape instanceof z.ZodRecord) return keysAt(shape.valueType, rest, inner);
  return [];
}

function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return unwrap(schema.unwrap());
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) return unwrap(schema.unwrap());
  return schema;
}

function matches(option: z.core.$ZodType, union: z.ZodUnion, data: unknown): boolean {
  if (!(union instanceof z.ZodDiscriminatedUnion) || typeof data !== 'object' || data === null) return true;
  const name = union.def.discriminator;
  const literal: unknown = option instanceof z.ZodObject ? Reflect.get(option.shape, name) : undefined;
  return literal instanceof z.ZodLiteral && literal.values.has(Reflect.get(data, name) as never);
}
