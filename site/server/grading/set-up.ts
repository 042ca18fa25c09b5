// Makes a fresh machine what a lab needs: its files, the learner's variables, then its setup.sh.
import type { AgentLink } from '../../../sandbox/session/agent-link.ts';
import type { Lab } from '../../../labs/lab.ts';
import { variableEnvironment, variableLines } from '../../../labs/variables.ts';
import type { Variables } from '../../../labs/variables.ts';

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** What a failed script said last: enough for the log, bounded since the guest wrote it. */
const SHOWN_CHARS = 2000;

/** Throws where the script fails or hangs; the session then tries once more on another machine. */
export async function setUpLab(lab: Lab, variables: Variables, link: AgentLink, signal: AbortSignal): Promise<void> {
  const { setup } = lab;
  if (setup === undefined) return;
  for (const file of setup.files) {
    await link.putFile(file.path, file.contents, { mode: file.mode, signal });
  }
  if (setup.variablesFile !== undefined) {
    await link.putFile(setup.variablesFile, Buffer.from(variableLines(variables)), { mode: 0o644, signal });
  }
  if (setup.script === undefined) return;
  const result = await link.exec({
    argv: ['bash', '-c', `set -eu\n${setup.script}`, `setup-${lab.id}`],
    env: { PATH, LC_ALL: 'C', HOME: '/root', ...variableEnvironment(variables) },
    user: 'root',
    cwd: '/',
    timeoutMs: setup.timeoutMs,
    maxOutputBytes: 64 * 1024,
    signal,
  });
  if (result.exitCode === 0) return;
  const said = `${result.stdout.toString()}${result.stderr.toString()}`.slice(-SHOWN_CHARS);
  const how = result.timedOut
    ? `did not end within ${setup.timeoutMs} ms`
    : `ended with ${result.exitCode ?? result.signal}`;
  throw new Error(`setup.sh of ${lab.id} ${how}: ${said}`);
}
