// The list that makes a cache entry trustworthy: every file with its size, its time and, where it is not huge, its hash.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, open, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';

export const MANIFEST = 'complete';

/** Past this a hash costs more than it tells: disk images are checked by size and modification time. */
const HASHED_BYTES_MAX = 64 * 1024 * 1024;

const manifestSchema = z.strictObject({
  version: z.literal(1),
  kind: z.string(),
  hash: z.string(),
  files: z.array(
    z.strictObject({ path: z.string(), bytes: z.number(), mtimeMs: z.number(), sha256: z.optional(z.string()) }),
  ),
});
export type Manifest = z.infer<typeof manifestSchema>;

/** Flushes and lists everything in `dir` and writes the list last: with it on disk, so is all it speaks of. */
export async function writeManifest(dir: string, kind: string, hash: string): Promise<void> {
  const files: Manifest['files'] = [];
  for (const path of await filesBelow(dir)) {
    const file = join(dir, path);
    const { size, mtimeMs } = await lstat(file);
    await flush(file);
    files.push({
      path,
      bytes: size,
      mtimeMs,
      ...(size <= HASHED_BYTES_MAX ? { sha256: await sha256(file) } : {}),
    });
  }
  const manifest: Manifest = { version: 1, kind, hash, files };
  await writeFile(join(dir, MANIFEST), JSON.stringify(manifest, null, 1), { flush: true });
}

/** Whether `dir` holds exactly what its manifest says; undefined when sound, else one sentence about what is wrong. */
export async function flawIn(dir: string, kind: string, hash: string): Promise<string | undefined> {
  let text: string;
  try {
    text = await readFile(join(dir, MANIFEST), 'utf8');
  } catch {
    return 'it was never finished';
  }
  const manifest = parse(text);
  if (manifest === undefined) return 'its manifest cannot be read';
  if (manifest.kind !== kind || manifest.hash !== hash) return 'it is the manifest of another entry';
  for (const listed of manifest.files) {
    const file = join(dir, listed.path);
    const found = await lstat(file).catch(() => undefined);
    if (found === undefined) return `${listed.path} is missing`;
    if (found.size !== listed.bytes) return `${listed.path} has ${found.size} bytes instead of ${listed.bytes}`;
    if (found.mtimeMs === listed.mtimeMs) continue;
    // A copied cache has new times: then the contents decide.
    if (listed.sha256 === undefined || (await sha256(file)) !== listed.sha256) return `${listed.path} was changed`;
  }
  return undefined;
}

function parse(text: string): Manifest | undefined {
  try {
    const parsed = manifestSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

async function filesBelow(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1))
    .filter((path) => path !== MANIFEST)
    .sort();
}

async function flush(file: string): Promise<void> {
  await using handle = await open(file, 'r');
  await handle.datasync();
}

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
