// Labs that are broken in what their scripts do: the proof says so in one sentence. The scripts really run, on fake machines.
import { describe, expect, it } from 'vitest';
import { assembleLab } from '../../../labs/assembly.ts';
import type { Lab } from '../../../labs/lab.ts';
import { formatProblem } from '../../../labs/problem.ts';
import { FakeSource } from '../../fixtures/fake-machine.ts';
import { proveLab } from '../../labs/prove.ts';
import type { Proof } from '../../labs/prove.ts';
import { places, Slots } from '../../labs/slots.ts';
import { durations, formatTable, secondTries, shortfalls } from '../../labs/table.ts';
import { GLOSSARY, tiny, YAML } from './tiny.ts';

/** Bash on a busy host takes its time. */
const PROOF_MS = 180_000;

const RIGHT = {
  'check.sh':
    '[[ -e /tmp/uh-proof-$UH_PORT-$TOKEN ]] && pass\n[[ -e /tmp/uh-proof-other-$TOKEN ]] && fail closed\nfail closed',
  'solve.sh': 'touch "/tmp/uh-proof-$UH_PORT-$TOKEN"',
  'wrong-other-port.sh': 'touch "/tmp/uh-proof-other-$TOKEN"',
};

let count = 0;

/** A lab of one task; `TOKEN` in its scripts keeps the files of this proof apart from those of others. */
function lab(scripts: Partial<Record<keyof typeof RIGHT, string>>, yaml = YAML): Lab {
  const token = `${process.pid}-${(count += 1)}`;
  const own = Object.entries({ ...RIGHT, ...scripts }).map(([name, text]) => [name, text.replaceAll('$TOKEN', token)]);
  // Fake machines share /tmp: what the one before made is no part of a fresh one.
  const setup = `rm -f /tmp/uh-proof-*-${token}`;
  const made = assembleLab(tiny({ yaml, setup, scripts: Object.fromEntries(own) as Record<string, string> }), GLOSSARY);
  if ('problems' in made) throw new Error(made.problems.map(formatProblem).join('\n'));
  return made;
}

async function run(broken: Lab, again: boolean): Promise<readonly Proof[]> {
  await using source = new FakeSource();
  return await proveLab(broken, {
    seed: 'proof',
    take: () => source.take({ bake: undefined }),
    places: places(1),
    again,
  });
}

async function proved(broken: Lab): Promise<readonly string[]> {
  const proofs = await run(broken, false);
  expect(formatTable([broken], proofs)).toContain('listen');
  // What a check costs on this host says nothing about a guest.
  return shortfalls([broken], proofs, false);
}

describe('places to work', () => {
  it('are all taken by what wants to be alone, also where two want that', async () => {
    const slots = new Slots(2);
    let working = 0;
    const together: number[] = [];
    const work = async (): Promise<void> => {
      working += 1;
      together.push(working);
      await new Promise((resolve) => setImmediate(resolve));
      working -= 1;
    };
    const side = [slots.with(work), slots.with(work), slots.with(work)];
    const alone = async (): Promise<void> => {
      expect(working).toBe(0);
      await work();
      expect(working).toBe(0);
    };
    await Promise.all([...side, slots.alone(alone), slots.alone(alone), slots.with(work)]);
    expect(together).toHaveLength(6);
    expect(Math.max(...together)).toBe(2);
  });
});

describe('the time a proof takes', () => {
  it('is the longest round, beside the waiting that the lab declares', () => {
    const own = lab({}, YAML.replace('kind: do', 'kind: do\n    ripensSeconds: 40'));
    const rounds = [
      { lab: own.id, wallMs: 61_200 },
      { lab: own.id, wallMs: 60_000 },
    ];
    expect(durations([own], rounds)).toEqual([`${own.id}: 61 s; its right solutions declare 40 s of waiting`]);
  });
});

describe('a proof', () => {
  it('finds nothing in a lab that is right', { timeout: PROOF_MS }, async () => {
    expect(await proved(lab({}))).toEqual([]);
  });

  it.each([
    ['whose check always passes', { 'check.sh': 'pass' }, /passes on an untouched machine/],
    ['whose check crashes', { 'check.sh': 'echo $UH_PORT; nonsense_$TOKEN' }, /check\.sh crashes: .*not found/s],
    [
      'whose right solution does not solve it',
      { 'solve.sh': 'true "$UH_PORT"' },
      /solve\.sh does not pass: Port \d+ is closed\./,
    ],
    ['that accepts a wrong solution', { 'wrong-other-port.sh': RIGHT['solve.sh'] }, /wrong-other-port\.sh is accepted/],
  ])('refuses a lab %s, in one sentence', { timeout: PROOF_MS }, async (_, scripts, sentence) => {
    const found = await proved(lab(scripts));
    expect(found.join('\n')).toMatch(sentence);
    expect(found[0]).toMatch(/^tiny › listen \(/);
  });

  it(
    'tries once more what falls short, and says of what then holds that it did not at first',
    { timeout: PROOF_MS },
    async () => {
      // The first hand that types it does nothing, as a host too busy might make it look.
      const hesitant = `mkdir "/tmp/uh-hesitant-$TOKEN" 2>/dev/null && exit\n${RIGHT['solve.sh']}`;
      const torn = lab({ 'solve.sh': hesitant });
      const proofs = await run(torn, true);
      expect(shortfalls([torn], proofs, false)).toEqual([]);
      expect(proofs.filter(({ step }) => step === 'solve')).toMatchObject([{ ok: true, atFirst: /does not pass/ }]);
      expect(secondTries(proofs).join()).toMatch(/held only on a second try; at first: solve\.sh does not pass/);
      expect(formatTable([torn], proofs)).toMatch(/listen .*1\/1$/m);
      const loose = lab({ 'check.sh': 'pass' });
      const twice = await run(loose, true);
      expect(twice.filter(({ step }) => step === 'fresh')).toMatchObject([{ ok: false }]);
      expect(shortfalls([loose], twice, false)[0]).toMatch(/passes on an untouched machine/);
      expect(secondTries(twice)).toEqual([]);
    },
  );

  it('refuses a lab whose check never ends', { timeout: PROOF_MS }, async () => {
    const yaml = YAML.replace('    kind: do\n', '    kind: do\n    timeoutSeconds: 1\n');
    const found = await proved(lab({ 'check.sh': 'while :; do sleep 0.2; done # $UH_PORT' }, yaml));
    expect(found[0]).toMatch(/check\.sh does not end, not even in several times its 1 s/);
  });

  it('refuses a lab that says something else than it promises', { timeout: PROOF_MS }, async () => {
    const yaml = YAML.replace(
      '    wrong:',
      '      other: { ko: 다른 포트입니다., en: Another port. }\n    wrong:',
    ).replace('other-port: closed', 'other-port: other');
    const found = await proved(lab({}, yaml));
    expect(found.join('\n')).toContain('wrong-other-port.sh yields closed instead of other');
  });
});
