// The agent's start inside the machine.
import { Agent } from './agent.ts';
import { openPort } from './channel.ts';
import { makeHold } from './hold.ts';
import { linuxPlatform } from './linux-platform.ts';

const PORT = '/dev/virtio-ports/org.underhood.agent';
const LEARNER = 'learner';

/** A thread of the pool waits in a read of the port for ever, so an orderly exit would wait for it as well. */
function die(error: unknown): never {
  console.error(error);
  process.kill(process.pid, 'SIGKILL');
  throw error;
}

process.on('uncaughtException', die);
process.on('unhandledRejection', die);
process.title = 'underhood-agent';

const platform = linuxPlatform();
const hold = makeHold(`/run/underhood-hold.${process.pid}`);
const agent = new Agent({
  platform,
  channel: await openPort(PORT, die),
  first: { user: LEARNER, cols: 80, rows: 24, hold },
});
agent.start();
