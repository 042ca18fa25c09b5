// Figures of single machines, taken from the engine without a server.
import { AgentLink } from '../../sandbox/session/agent-link.ts';
import type { Machine } from '../../sandbox/machine/machine.ts';
import type { Engine } from '../../sandbox/source/engine.ts';
import type { MachineSource } from '../../sandbox/source/source.ts';

/** Resolves once a program in the machine has run and answered. */
async function answers(machine: Machine): Promise<void> {
  await using link = await AgentLink.open(await machine.connect());
  await link.exec({
    argv: ['/bin/true'],
    env: {},
    cwd: '/',
    user: 'root',
    timeoutMs: 30_000,
    maxOutputBytes: 0,
    nice: 0,
  });
}

/** From nothing to an agent that answers, without a template. */
export async function coldBoot(engine: Engine, times: number): Promise<number[]> {
  const samples: number[] = [];
  for (let n = 0; n < times; n++) {
    const began = performance.now();
    await using machine = await engine.takeCold();
    samples.push(performance.now() - began);
  }
  return samples;
}

/** For how long a running machine stands still while a moment of it is kept, and what that takes on the disk, in MiB. */
export async function keepMoments(source: MachineSource, times: number): Promise<{ stopped: number[]; mib: number[] }> {
  await using machine = await source.take({ bake: undefined });
  const stopped: number[] = [];
  const mib: number[] = [];
  for (let n = 0; n < times; n++) {
    const { stoppedMs, bytes } = await machine.checkpoint('');
    stopped.push(stoppedMs);
    mib.push(bytes / 1024 ** 2);
  }
  return { stopped, mib };
}

/** Memory and disk to files; and from there to a machine that answers. */
export async function restAndWake(
  source: MachineSource,
  times: number,
): Promise<{ hibernate: number[]; wake: number[] }> {
  await using machine = await source.take({ bake: undefined });
  const hibernate: number[] = [];
  const wake: number[] = [];
  for (let n = 0; n < times; n++) {
    let began = performance.now();
    await machine.hibernate();
    hibernate.push(performance.now() - began);
    began = performance.now();
    await machine.wake();
    await answers(machine);
    wake.push(performance.now() - began);
  }
  return { hibernate, wake };
}
