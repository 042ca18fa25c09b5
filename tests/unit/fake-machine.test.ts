// The fake keeps the same contract as QEMU, so that what passes on it means something.
import { describeMachine } from '../contracts/machine-contract.ts';
import { FakeHost, FakeSource } from '../fixtures/fake-machine.ts';

let host = new FakeHost();

describeMachine({
  name: 'the fake',
  open: () => {
    host = new FakeHost();
    return Promise.resolve(new FakeSource({ host }));
  },
  reopen: () => Promise.resolve(new FakeSource({ host })),
  timeoutMs: 20_000,
});
