// Does what every copy of a template will do first, before the template is taken.
//
// The agent's JavaScript is parsed, compiled and specialised on its first runs, which takes far more instructions than the work
// itself, and an emulated processor translates each instruction when it first comes by. What the agent has compiled is part of the
// template's memory, so its copies find it done; what is left to them is the translation of the fewer instructions that remain.
import { AgentLink } from '../session/agent-link.ts';
import { restoredParams } from './identity.ts';
import type { QemuMachine } from './machine.ts';

/** A round takes some 200 ms under emulation; the first ones, and those of a busy host, many times that. */
const ANSWER_MS = 60_000;
const LEARNER = 'learner';
/** Held before its first prompt: it has nothing to say yet. */
const FIRST_TERMINAL = 1;
const FILE = '/run/underhood-rehearsal';

/** Each round is a link of its own: the greeting is part of it. The last leaves no terminal but the first. */
export async function rehearse(machine: QemuMachine, rounds: number): Promise<void> {
  const shell = await openShell(machine);
  for (let round = 0; round < rounds; round++) await play(machine, shell);
  await using link = await AgentLink.open(await machine.connect(), { helloTimeoutMs: ANSWER_MS });
  await link.call('terminal.close', { terminal: shell });
}

async function openShell(machine: QemuMachine): Promise<number> {
  await using link = await AgentLink.open(await machine.connect(), { helloTimeoutMs: ANSWER_MS });
  const { id } = await link.call('terminal.open', { cols: 80, rows: 24, user: LEARNER }, { timeoutMs: ANSWER_MS });
  return id;
}

async function play(machine: QemuMachine, shell: number): Promise<void> {
  let prompts = 0;
  let wake = (): void => undefined;
  await using link = await AgentLink.open(await machine.connect(), {
    helloTimeoutMs: ANSWER_MS,
    onOutput: (terminal, seq, bytes) => link.ack(terminal, seq + bytes.length),
    onEvent: (event) => {
      if (event.event !== 'prompt' || !event.free || event.terminal !== shell) return;
      prompts++;
      wake();
    },
  });
  // Epoch 0: the held shell stays held.
  await link.call('restored', restoredParams(machine.facts.id, 0, true), { timeoutMs: ANSWER_MS });
  for (const terminal of [FIRST_TERMINAL, shell]) {
    await link.call('terminal.attach', { terminal, fromSeq: 0 }, { timeoutMs: ANSWER_MS });
  }
  await link.call('terminal.resize', { terminal: shell, cols: 81, rows: 24 }, { timeoutMs: ANSWER_MS });
  await link.call('terminal.resize', { terminal: shell, cols: 80, rows: 24 }, { timeoutMs: ANSWER_MS });
  const prompted = new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the rehearsed shell did not answer')), ANSWER_MS);
    wake = () => {
      clearTimeout(timer);
      resolve();
    };
    if (prompts > 0) wake();
  });
  // Its history is nobody's.
  await link.input(shell, Buffer.from(' unset HISTFILE\r'));
  await prompted;
  await rehearseSetUp(link);
}

/** What a lab's set-up does: a file is written, a script runs. */
export async function rehearseSetUp(link: AgentLink): Promise<void> {
  await link.putFile(FILE, Buffer.from('rehearsal'), { mode: 0o600 });
  await link.exec({ argv: ['bash', '-c', `rm -f ${FILE}`], timeoutMs: ANSWER_MS });
}
