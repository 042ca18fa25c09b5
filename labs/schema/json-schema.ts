// JSON Schemas of the YAML files, generated from the zod schemas, for editors that complete and check while one writes.
import * as z from 'zod';
import { CourseSpec, GlossarySpec } from './course.ts';
import { LabSpec } from './lab.ts';

const SCHEMAS = { lab: LabSpec, course: CourseSpec, glossary: GlossarySpec } as const;

export type SchemaName = keyof typeof SCHEMAS;

/** The schema of what an author writes (so keys with a default are not required). */
export function jsonSchema(name: SchemaName): Record<string, unknown> {
  return { ...z.toJSONSchema(SCHEMAS[name], { io: 'input', target: 'draft-7' }) };
}
