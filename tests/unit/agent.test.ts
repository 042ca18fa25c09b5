// The agent on the fake machine: the contract every machine keeps.
import { describeAgent } from '../contracts/agent-contract.ts';
import { FakeSource } from '../fixtures/fake-machine.ts';
import type { FakeMachine } from '../fixtures/fake-machine.ts';

const source = new FakeSource();

describeAgent({
  name: 'the fake machine',
  take: () => source.take({ bake: undefined }),
  folder: (machine) => (machine as FakeMachine).body.platform.folder,
  timeoutMs: 60_000,
});
