// The commands this project says to QEMU, typed.
import * as z from 'zod/mini';
import type { QmpConnection } from './connection.ts';
import { QmpError } from './errors.ts';

const Nothing = z.unknown();
const Status = z.object({ status: z.string(), running: z.boolean() });
const Migration = z.object({
  status: z.optional(z.string()),
  'error-desc': z.optional(z.string().check(z.maxLength(65536))),
});
const Chardevs = z.array(z.object({ label: z.string(), filename: z.string(), 'frontend-open': z.boolean() }));

export type MigrationCapability = 'x-ignore-shared' | 'mapped-ram' | 'events';

export async function status(qmp: QmpConnection): Promise<z.infer<typeof Status>> {
  return qmp.execute('query-status', undefined, Status);
}

export async function stop(qmp: QmpConnection): Promise<void> {
  await qmp.execute('stop', undefined, Nothing);
}

export async function cont(qmp: QmpConnection): Promise<void> {
  await qmp.execute('cont', undefined, Nothing);
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
  return qmp.event((event) => {
    if (event.name !== 'MIGRATION') return undefined;
    const state = event.data['status'];
    return state === 'completed' || state === 'failed' || state === 'cancelled' ? state : undefined;
  }, timeoutMs);
}

async function settle(qmp: QmpConnection, end: string): Promise<void> {
  if (end === 'completed') return;
  const why = await qmp.execute('query-migrate', undefined, Migration).catch(() => undefined);
  throw new QmpError('refused', `migration ${end}: ${why?.['error-desc'] ?? 'no reason given'}`);
}
