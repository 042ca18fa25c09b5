// What a finished template consists of on disk, and how it is read back.
//
//   <cache>/template/<key>/
//     ram            the guest's memory, sparse, mapped privately by clones
//     state          the devices' state
//     disk.qcow2     what the guest wrote while the template was made
//     overlay.qcow2  an empty overlay on disk.qcow2, copied for every clone
//     template.json  this record
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as z from 'zod/mini';
import { contentHash } from '../host/content-hash.ts';
import type { BakeRecipe } from '../source/source.ts';
import type { Hardware } from './arguments.ts';

/** Raised when templates made by older code must not be used any more. */
const FORMAT = '2';

const path = z.string().check(z.maxLength(4096));

const TemplateRecord = z.strictObject({
  version: z.literal(2),
  /** drawn when it was made: another one of the same key has other bytes in its memory and on its disk */
  made: z.string().check(z.regex(/^[0-9a-f]{32}$/)),
  /** files that this template's disk and memory rest on; a clone's box shows them */
  readOnlyPaths: z.array(path),
  agentDisk: path,
  diskBytes: z.int(),
});
export type TemplateRecord = z.infer<typeof TemplateRecord>;

export type Template = TemplateRecord & {
  readonly key: string;
  readonly dir: string;
  readonly ram: string;
  readonly state: string;
  readonly disk: string;
  readonly overlay: string;
  readonly hardware: Hardware;
};

export function templatePaths(dir: string): { ram: string; state: string; disk: string; overlay: string } {
  return {
    ram: join(dir, 'ram'),
    state: join(dir, 'state'),
    disk: join(dir, 'disk.qcow2'),
    overlay: join(dir, 'overlay.qcow2'),
  };
}

export type KeyParts = {
  readonly qemuVersion: string;
  readonly hardware: Hardware;
  readonly imageHash: string;
  readonly commandLine: string;
  readonly agentHash: string;
  readonly bake: BakeRecipe | undefined;
};

/** A snapshot belongs to one QEMU version, one accelerator, one CPU model, one image, one agent, one recipe. */
export function templateKey(parts: KeyParts): Promise<string> {
  const { accelerator, cpuModel, vcpus, memoryMib, pit } = parts.hardware;
  return contentHash([
    ...['template', FORMAT, parts.qemuVersion, accelerator, cpuModel, String(vcpus), String(memoryMib)],
    String(pit),
    ...[parts.imageHash, parts.commandLine, parts.agentHash, parts.bake?.hash ?? ''],
  ]);
}

export async function writeTemplate(dir: string, record: TemplateRecord): Promise<void> {
  await writeFile(join(dir, 'template.json'), JSON.stringify(record));
}

/** The `made` of the template that this memory belongs to. Throws where there is none. */
export async function madeOf(ram: string): Promise<string> {
  return (await readTemplateRecord(dirname(ram))).made;
}

async function readTemplateRecord(dir: string): Promise<TemplateRecord> {
  return TemplateRecord.parse(JSON.parse(await readFile(join(dir, 'template.json'), 'utf8')));
}

export async function readTemplate(dir: string, key: string, hardware: Hardware): Promise<Template> {
  return { ...(await readTemplateRecord(dir)), ...templatePaths(dir), key, dir, hardware };
}
