// The lock file: complete for every platform (else `npm ci` refuses it), and naming no registry.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';

const text = readFileSync(new URL('../../../package-lock.json', import.meta.url), 'utf8');
const names = z.record(z.string(), z.string()).optional();
const lock = z
  .object({ packages: z.record(z.string(), z.object({ optionalDependencies: names, version: z.string().optional() })) })
  .parse(JSON.parse(text));

describe('the lock file', () => {
  it('has an entry for every optional package, also of other platforms', () => {
    const present = new Set(
      Object.keys(lock.packages).map((path) => path.slice(path.lastIndexOf('node_modules/') + 13)),
    );
    const missing = Object.entries(lock.packages).flatMap(([path, { optionalDependencies }]) =>
      Object.keys(optionalDependencies ?? {})
        .filter((name) => !present.has(name))
        .map((name) => `${path} > ${name}`),
    );
    expect(missing).toEqual([]);
  });

  it('names no registry, so that everyone installs from their own', () => {
    expect(text).not.toMatch(/"resolved": "http/);
  });
});

describe('package.json', () => {
  it('pins every dependency to one version', () => {
    const manifest = z
      .object({ dependencies: z.record(z.string(), z.string()), devDependencies: z.record(z.string(), z.string()) })
      .parse(JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')));
    const loose = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies }).filter(
      ([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version),
    );
    expect(loose).toEqual([]);
  });
});
