// What every machine does, whatever it is made of: states, channel, rest and return, the end. Runs on the fake and on QEMU.
import { afterEach, describe, expect, it } from 'vitest';
import type { Machine } from '../../sandbox/machine/machine.ts';
import type { MachineState } from '../../sandbox/machine/state.ts';
import { AgentLink } from '../../sandbox/session/agent-link.ts';
import type { MachineSource } from '../../sandbox/source/source.ts';

export type MachineContract = {
  readonly name: string;
  /** a source of its own for one test; the suite closes it */
  readonly open: () => Promise<MachineSource>;
  /** another server process on the same machines */
  readonly reopen: () => Promise<MachineSource>;
  readonly timeoutMs: number;
};

export function describeMachine(contract: MachineContract): void {
  describe(`a machine of ${contract.name}`, { timeout: contract.timeoutMs }, () => {
    const open: (MachineSource | Machine)[] = [];
    afterEach(async () => {
      for (const one of open.splice(0).toReversed()) await one.close();
    });

    const source = async (make: () => Promise<MachineSource> = contract.open): Promise<MachineSource> => {
      const made = await make();
      open.push(made);
      return made;
    };
    const taken = async (from?: MachineSource): Promise<Machine> => {
      const machine = await (from ?? (await source())).take({ bake: undefined });
      open.push(machine);
      return machine;
    };

    it('cannot resume before it was paused, nor wake before it was hibernated', async () => {
      const machine = await taken();
      await expect(machine.resume()).rejects.toThrow();
      await expect(machine.wake()).rejects.toThrow();
      expect(machine.state).toBe('ready');
    });

    it('cannot be paused twice', async () => {
      const machine = await taken();
      await machine.pause();
      await expect(machine.pause()).rejects.toThrow();
      expect(machine.state).toBe('paused');
    });

    it('is ready, answers and knows its name when it is handed out', async () => {
      const machine = await taken();
      expect(machine.state).toBe('ready');
      await using link = await AgentLink.open(await machine.connect());
      expect(link.welcome.terminals).toHaveLength(1);
      expect((await link.exec({ argv: ['echo', 'hello'] })).stdout.toString()).toBe('hello\n');
    });

    it('ends a channel when the next one is opened', async () => {
      const machine = await taken();
      const first = await AgentLink.open(await machine.connect());
      await using second = await AgentLink.open(await machine.connect());
      expect(first.closed).toBe(true);
      await expect(second.call('ping', {})).resolves.toEqual({});
    });

    it('tells its watchers each state once, in order', async () => {
      const machine = await taken();
      const states: MachineState[] = [];
      const stop = machine.watch({ onState: (state) => states.push(state) });
      await machine.pause();
      await machine.resume();
      stop();
      await machine.pause();
      expect(states).toEqual(['paused', 'ready']);
    });

    it('comes back from hibernation in a new epoch with what it had', async () => {
      const machine = await taken();
      const { epoch } = machine;
      const before = await AgentLink.open(await machine.connect());
      const { agentId } = before.welcome;
      await before.close();
      await machine.hibernate();
      expect(machine.state).toBe('hibernated');
      await machine.wake();
      expect(machine.state).toBe('ready');
      expect(machine.epoch).toBe(epoch + 1);
      await using after = await AgentLink.open(await machine.connect());
      expect(after.welcome.agentId).toBe(agentId);
    });

    it('goes on while a checkpoint is taken, and says nothing of it', async () => {
      const machine = await taken();
      const states: MachineState[] = [];
      machine.watch({ onState: (state) => states.push(state) });
      await using link = await AgentLink.open(await machine.connect());
      const checkpoint = await machine.checkpoint('first');
      expect(machine.checkpoints).toEqual([checkpoint]);
      expect(checkpoint.label).toBe('first');
      await expect(link.call('ping', {})).resolves.toEqual({});
      expect(states).toEqual([]);
    });

    it('keeps two checkpoints, and goes back to each in a new epoch', async () => {
      const machine = await taken();
      const { epoch } = machine;
      for (const label of ['one', 'two', 'three']) await machine.checkpoint(label);
      expect(machine.checkpoints.map(({ label }) => label)).toEqual(['two', 'three']);
      const [two, three] = machine.checkpoints;
      if (two === undefined || three === undefined) throw new Error('they are not there');
      await machine.rewind(two.id);
      expect(machine.state).toBe('ready');
      expect(machine.epoch).toBe(epoch + 1);
      await using back = await AgentLink.open(await machine.connect());
      expect((await back.exec({ argv: ['echo', 'hello'] })).stdout.toString()).toBe('hello\n');
      await machine.rewind(three.id);
      expect(machine.epoch).toBe(epoch + 2);
    });

    it('does not go back to a checkpoint that is not there', async () => {
      const machine = await taken();
      await machine.checkpoint('only');
      await expect(machine.rewind(999)).rejects.toThrow(/no checkpoint 999/);
      expect(machine.state).toBe('ready');
      await using link = await AgentLink.open(await machine.connect());
      await expect(link.call('ping', {})).resolves.toEqual({});
    });

    it('goes back out of hibernation, and finds its checkpoints after another server took it over', async () => {
      const machine = await taken();
      const checkpoint = await machine.checkpoint('before');
      await machine.hibernate();
      await expect(machine.checkpoint('asleep')).rejects.toThrow();
      await machine.detach();
      const adopted = await (await source(contract.reopen)).adopt(machine.facts.id);
      if (adopted === undefined) throw new Error('it was not found');
      open.push(adopted);
      expect(adopted.checkpoints).toEqual([checkpoint]);
      await adopted.rewind(checkpoint.id);
      expect(adopted.state).toBe('ready');
      await using link = await AgentLink.open(await adopted.connect());
      await expect(link.call('ping', {})).resolves.toEqual({});
    });

    it('runs on where its server went away in the middle of a checkpoint', async () => {
      const machine = await taken();
      const cut = machine.checkpoint('cut').catch(() => undefined);
      await machine.detach();
      await cut;
      const adopted = await (await source(contract.reopen)).adopt(machine.facts.id);
      if (adopted === undefined) throw new Error('it was not found');
      open.push(adopted);
      expect(adopted.state).toBe('ready');
      const link = await AgentLink.open(await adopted.connect());
      await expect(link.call('ping', {})).resolves.toEqual({});
      await link.close();
      const { id } = await adopted.checkpoint('whole');
      await adopted.rewind(id);
      await using after = await AgentLink.open(await adopted.connect());
      await expect(after.call('ping', {})).resolves.toEqual({});
    });

    it('goes on without its server and is found by the next one', async () => {
      const machine = await taken();
      const before = await AgentLink.open(await machine.connect());
      const { agentId } = before.welcome;
      await before.close();
      await machine.detach();
      const next = await source(contract.reopen);
      const adopted = await next.adopt(machine.facts.id);
      if (adopted === undefined) throw new Error('it was not found');
      open.push(adopted);
      expect(adopted.facts).toEqual(machine.facts);
      expect(adopted.epoch).toBe(machine.epoch);
      await using after = await AgentLink.open(await adopted.connect());
      expect(after.welcome.agentId).toBe(agentId);
    });

    it('is not found when it never was, or is closed', async () => {
      const from = await source();
      const machine = await taken(from);
      await machine.close();
      await machine.close();
      expect(machine.state).toBe('closed');
      expect(await from.adopt(machine.facts.id)).toBeUndefined();
      expect(await from.adopt('nonsense/../id')).toBeUndefined();
    });

    it('is swept away when nobody keeps it', async () => {
      const from = await source();
      const machine = await taken(from);
      const kept = await taken(from);
      await machine.detach();
      await kept.detach();
      const next = await source(contract.reopen);
      expect(await next.sweep(new Set([kept.facts.id]))).toEqual([machine.facts.id]);
      const adopted = await next.adopt(kept.facts.id);
      if (adopted === undefined) throw new Error('it was not found');
      open.push(adopted);
    });
  });
}
