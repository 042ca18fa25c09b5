// Sets the load averages of a stopped template to zero: a fresh machine must not show the load of the template's boot.
import { open } from 'node:fs/promises';
import type { AgentLink } from '../session/agent-link.ts';

/** Three 64-bit fixed-point numbers, `avenrun` in kernel/sched/loadavg.c. */
const AVENRUN_BYTES = 24;
/** Memory of a microvm is one piece up to here (MICROVM's split in hw/i386/microvm.c); above, addresses and offsets part. */
const LOW_MEMORY_BYTES = 0xc000_0000n;

const SCRIPT = `
awk '$3=="avenrun"||$3=="_text"{print $3, $1}' /proc/kallsyms
awk -F'[- ]+' '/Kernel code/{sub(/^ +/,""); split($0,a,"-"); print "code", a[1]}' /proc/iomem
`;

/** Pure: where `avenrun` is in the memory file, from what the guest said. Undefined where that makes no sense. */
export function avenrunOffset(output: string, memoryBytes: number): number | undefined {
  const found = new Map<string, bigint>();
  for (const line of output.split('\n').slice(0, 16)) {
    const match = /^(avenrun|_text|code) ([0-9a-f]{1,16})$/.exec(line.trim());
    if (match?.[1] !== undefined) found.set(match[1], BigInt(`0x${match[2]}`));
  }
  const [avenrun, text, code] = [found.get('avenrun'), found.get('_text'), found.get('code')];
  // All zero: the kernel hides its addresses.
  if (!avenrun || !text || !code || avenrun < text) return undefined;
  const offset = avenrun - text + code;
  if (offset % 8n !== 0n || offset >= LOW_MEMORY_BYTES) return undefined;
  return offset + BigInt(AVENRUN_BYTES) <= BigInt(memoryBytes) ? Number(offset) : undefined;
}

export async function findAvenrun(link: AgentLink, memoryBytes: number): Promise<number | undefined> {
  const { stdout } = await link.exec({ argv: ['bash', '-c', SCRIPT], timeoutMs: 30_000 });
  return avenrunOffset(stdout.toString(), memoryBytes);
}

export async function zeroAvenrun(ramFile: string, offset: number): Promise<void> {
  await using file = await open(ramFile, 'r+');
  await file.write(Buffer.alloc(AVENRUN_BYTES), 0, AVENRUN_BYTES, offset);
}
