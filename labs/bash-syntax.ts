// Whether bash can read a lab's scripts at all, without running them: a check that ends in a syntax error judges nobody.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Problem } from './problem.ts';

/** Script → what bash says of it. A course has some three hundred scripts, and one save changes one of them. */
const known = new Map<string, Promise<Complaint | undefined>>();
const MAX_KNOWN = 5000;
/** `bash: line 3: syntax error near unexpected token `fi'` */
const COMPLAINT = /^.*?: line (\d+): (.+)$/m;

type Complaint = { readonly line: number; readonly found: string };

/** `scripts`: file → contents. */
export async function syntaxProblems(scripts: ReadonlyMap<string, string>): Promise<readonly Problem[]> {
  const problems: Problem[] = [];
  for (const [file, script] of scripts) {
    const complaint = await complaintOf(script);
    if (complaint)
      problems.push({
        file,
        line: complaint.line,
        key: 'bash',
        expected: 'a script that bash can read',
        found: complaint.found,
      });
  }
  return problems;
}

function complaintOf(script: string): Promise<Complaint | undefined> {
  if (known.size > MAX_KNOWN) known.clear();
  let complaint = known.get(script);
  if (complaint === undefined) known.set(script, (complaint = read(script)));
  return complaint;
}

async function read(script: string): Promise<Complaint | undefined> {
  const bash = spawn('bash', ['-n', '-s'], {
    stdio: ['pipe', 'ignore', 'pipe'],
    env: { LC_ALL: 'C', PATH: process.env['PATH'] },
  });
  let said = '';
  bash.stderr.on('data', (bytes: Buffer) => (said += bytes.toString()));
  // One that gave up early has said why.
  bash.stdin.on('error', () => undefined);
  bash.stdin.end(script);
  const [code] = (await once(bash, 'close')) as [number | null];
  if (code === 0) return undefined;
  const [, line, found = said.trim()] = COMPLAINT.exec(said) ?? [];
  return { line: Number(line ?? 1), found };
}
