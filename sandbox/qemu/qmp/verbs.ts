// The commands this project says to QEMU, typed.
import * as z from 'zod/mini';
import type { QmpConnection } from './connection.ts';
import { QmpError } from './errors.ts';
import type { QmpEvent } from './messages.ts';

/** QEMU gives up a migration within some ms; a swamped host may take longer. */
const CANCEL_MS = 10_000;
const FINALIZE_MS = 20_000;

const Nothing = z.unknown();
const Status = z.object({ status: z.string(), running: z.boolean() });
const Migration = z.object({
  status: z.optional(z.string()),
  'error-desc': z.optional(z.string().check(z.maxLength(65536))),
});
const Chardevs = z.array(z.object({ label: z.string(), filename: z.string(), 'frontend-open': z.boolean() }));

const Blocks = z.array(
  z.object({ inserted: z.optional(z.object({ 'node-name': z.optional(z.string()), ro: z.boolean() })) }),
);

export type MigrationCapability = 'x-ignore-shared' | 'events' | 'pause-before-switchover';

export async function status(qmp: QmpConnection): Promise<z.infer<typeof Status>> {
  return qmp.execute('query-status', undefined, Status);
}

export async function stop(qmp: QmpConnection): Promise<void> {
  await qmp.execute('stop', undefined, Nothing);
}

export async function cont(qmp: QmpConnection): Promise<void> {
  await qmp.execute('cont', undefined, Nothing);
}

/**
 * The same right after a migration: QEMU says that it is complete before it has put its own house in order, and refuses to
 * go on until then. No event says when that is, so it is asked, at growing intervals.
 */
export async function contAfterMigration(qmp: QmpConnection): Promise<void> {
  const deadline = performance.now() + FINALIZE_MS;
  for (let waitMs = 1; (await status(qmp)).status === 'finish-migrate'; waitMs = Math.min(waitMs * 2, 50)) {
    if (performance.now() > deadline) throw new QmpError('timeout', 'a migration was not finalized');
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
  await cont(qmp);
}

/** QEMU may be gone before it answers; that is as good as an answer. */
export async function quit(qmp: QmpConnection, timeoutMs: number): Promise<void> {
  await qmp.execute('quit', undefined, Nothing, timeoutMs).catch((error: unknown) => {
    if (!(error instanceof QmpError) || error.code !== 'closed') throw error;
  });
}

export async function setCapabilities(
  qmp: QmpConnection,
  wanted: Partial<Record<MigrationCapability, boolean>>,
): Promise<void> {
  const capabilities = Object.entries(wanted).map(([capability, state]) => ({ capability, state }));
  await qmp.execute('migrate-set-capabilities', { capabilities }, Nothing);
}

/** QEMU's default of 128 MiB/s is meant for networks. */
export async function liftMigrationBandwidth(qmp: QmpConnection): Promise<void> {
  await qmp.execute('migrate-set-parameters', { 'max-bandwidth': 0x7fff_ffff_ffff }, Nothing);
}

/** Writes the machine to `uri` and waits until that is done. The machine should be stopped. Needs the capability `events`. */
export async function migrateOut(qmp: QmpConnection, uri: string, timeoutMs: number): Promise<void> {
  const done = migrationEnd(qmp, timeoutMs);
  // A refusal must not leave the other promise unhandled.
  done.catch(() => undefined);
  await qmp.execute('migrate', { uri }, Nothing);
  await settle(qmp, await done);
}

/**
 * Writes the machine to `uri` while it runs. For the last pages QEMU stops it; `whileStopped` runs then, while the disks are
 * still the guest's. It stays stopped at the end, until `cont`. Needs `events` and `pause-before-switchover`. Returns for how
 * many ms it stood still before.
 *
 * Under emulation QEMU before 9.0 forgets what a guest writes to a page that it has just looked at for changes: it lets the
 * vCPUs keep their translations ("physmem: Fix migration dirty bitmap coherency with TCG memory access" mended it). So it
 * looks only while they stand still: as the migration begins, and, with no downtime allowed to hope for, once at the end.
 */
export async function migrateLive(
  qmp: QmpConnection,
  uri: string,
  { running, timeoutMs }: { readonly running: boolean; readonly timeoutMs: number },
  whileStopped: () => Promise<void>,
): Promise<number> {
  const until = (state: string): Promise<string> =>
    qmp.event((event) => (event.data['status'] === state ? state : endOf(event)), timeoutMs);
  const begun = until('active');
  const switchover = until('pre-switchover');
  const done = migrationEnd(qmp, timeoutMs);
  for (const promise of [begun, switchover, done]) promise.catch(() => undefined);
  await qmp.execute('migrate-set-parameters', { 'downtime-limit': 0 }, Nothing);
  const stoppedAtMs = performance.now();
  if (running) await stop(qmp);
  await qmp.execute('migrate', { uri }, Nothing);
  const first = await begun;
  if (first !== 'active') await settle(qmp, first);
  if (running) await cont(qmp);
  const stoodMs = running ? performance.now() - stoppedAtMs : 0;
  const then = await switchover;
  if (then !== 'pre-switchover') await settle(qmp, then);
  await whileStopped();
  await qmp.execute('migrate-continue', { state: 'pre-switchover' }, Nothing);
  await settle(qmp, await done);
  return stoodMs;
}

/** Ends a migration that is under way, whoever began it. The machine is not continued. */
export async function cancelMigration(qmp: QmpConnection): Promise<void> {
  const { status: state } = await qmp.execute('query-migrate', undefined, Migration);
  if (state === undefined || ['none', 'completed', 'failed', 'cancelled'].includes(state)) return;
  const done = migrationEnd(qmp, CANCEL_MS);
  done.catch(() => undefined);
  await qmp.execute('migrate_cancel', undefined, Nothing);
  await done.catch(() => undefined);
}

/** From now on the guest writes to `file`, an empty overlay; what `node` held stays as it is. The new node is called `name`. */
export async function freezeDisk(qmp: QmpConnection, node: string, name: string, file: string): Promise<void> {
  await qmp.execute(
    'blockdev-add',
    {
      driver: 'qcow2',
      'node-name': name,
      discard: 'unmap',
      cache: { direct: false, 'no-flush': true },
      file: { driver: 'file', filename: file },
      backing: null,
    },
    Nothing,
  );
  try {
    await qmp.execute('blockdev-snapshot', { node, overlay: name }, Nothing);
  } catch (error) {
    await qmp.execute('blockdev-del', { 'node-name': name }, Nothing).catch(() => undefined);
    throw error;
  }
}

/** The node that the guest's one writable disk is at now. */
export async function writableNode(qmp: QmpConnection): Promise<string | undefined> {
  const blocks = await qmp.execute('query-block', undefined, Blocks);
  return blocks.find(({ inserted }) => inserted?.ro === false)?.inserted?.['node-name'];
}

/** Reads the machine from `uri`; it is stopped then, waiting for `cont`. Needs `-incoming defer` and `events`. */
export async function migrateIn(qmp: QmpConnection, uri: string, timeoutMs: number): Promise<void> {
  const done = migrationEnd(qmp, timeoutMs);
  done.catch(() => undefined);
  await qmp.execute('migrate-incoming', { uri }, Nothing);
  await settle(qmp, await done);
}

/** Whether somebody is connected to the chardev `label` as QEMU sees it. */
export async function isConnected(qmp: QmpConnection, label: string): Promise<boolean> {
  const chardevs = await qmp.execute('query-chardev', undefined, Chardevs);
  const found = chardevs.find((chardev) => chardev.label === label);
  return found !== undefined && !found.filename.startsWith('disconnected:');
}

/** What the guest wrote to its serial console last. */
export async function consoleTail(qmp: QmpConnection, bytes: number): Promise<string> {
  return qmp.execute('ringbuf-read', { device: 'console', size: bytes }, z.string());
}

function migrationEnd(qmp: QmpConnection, timeoutMs: number): Promise<string> {
  return qmp.event(endOf, timeoutMs);
}

function endOf(event: QmpEvent): string | undefined {
  if (event.name !== 'MIGRATION') return undefined;
  const state = event.data['status'];
  return state === 'completed' || state === 'failed' || state === 'cancelled' ? state : undefined;
}

async function settle(qmp: QmpConnection, end: string): Promise<void> {
  if (end === 'completed') return;
  const why = await qmp.execute('query-migrate', undefined, Migration).catch(() => undefined);
  throw new QmpError('refused', `migration ${end}: ${why?.['error-desc'] ?? 'no reason given'}`);
}
