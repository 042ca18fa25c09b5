// The WebSocket as pages use and abuse it: replay, sizes, windows, floods, foreign sites, verdicts, restarts.
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer, request as httpRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { RECORDING_TYPE, RecordingEvent, RecordingHeader } from '../../../site/api/recording.ts';
import { CLOSE, INPUT_MESSAGE } from '../../../site/api/socket.ts';
import type { ServerMessage } from '../../../site/api/socket.ts';
import { Learner } from '../../fixtures/learner.ts';
import { FIXTURE_LAB, TestServer } from '../../fixtures/server.ts';

let server: TestServer;
const learners: Learner[] = [];
const files: string[] = [];

beforeEach(async () => {
  server = await TestServer.start();
});
afterEach(async () => {
  for (const learner of learners.splice(0)) await learner.close();
  await server[Symbol.asyncDispose]();
  for (const file of files.splice(0)) await rm(file, { force: true });
});

async function arrive(): Promise<Learner> {
  const learner = await Learner.arrive(server.origin);
  learners.push(learner);
  return learner;
}

async function atPrompt(): Promise<Learner> {
  const learner = await arrive();
  await learner.claim(FIXTURE_LAB);
  await learner.connect();
  await learner.until(() => learner.view?.state === 'ready', 'a ready machine');
  await learner.prompt();
  return learner;
}

type Kind<T extends ServerMessage['type']> = Extract<ServerMessage, { type: T }>;
function told<T extends ServerMessage['type']>(learner: Learner, type: T): Kind<T>[] {
  return learner.messages.map(({ message }) => message).filter((message): message is Kind<T> => message.type === type);
}

async function verdict(learner: Learner, task: string, outcome: string): Promise<Kind<'verdict'>['verdict']> {
  const find = (): Kind<'verdict'>['verdict'] | undefined =>
    told(learner, 'verdict').find((one) => one.verdict.task === task && one.verdict.outcome === outcome)?.verdict;
  await learner.until(() => find() !== undefined, `${outcome} for ${task}`);
  const found = find();
  if (found === undefined) throw new Error(`no verdict on ${task}`);
  return found;
}

async function tokenFile(learner: Learner): Promise<string> {
  const { variables } = await learner.progress(FIXTURE_LAB);
  const file = `/tmp/underhood-${String(variables['token'])}`;
  files.push(file);
  return file;
}

describe('a page', () => {
  it('that lost its connection gets exactly what it missed', async () => {
    const learner = await atPrompt();
    learner.type('for i in $(seq 1 2000); do echo "row $i"; done; echo fin""ished\r');
    await learner.until(() => learner.text.includes('row 50\r\n'), 'the first rows');
    learner.cut();
    await learner.until(() => learner.closedWith !== undefined, 'the cut');
    // The fixture itself refuses a position that does not follow the last.
    await learner.connect();
    await learner.until(() => learner.text.includes('finished\r\n'), 'the end');
    const rows = [...learner.text.matchAll(/row (\d+)\r\n/g)].map(([, row]) => Number(row));
    expect(rows).toEqual(Array.from({ length: 2000 }, (_, index) => index + 1));
  });

  it('watches a view of the X-ray, as does the next page, and is told no more when it leaves', async () => {
    const learner = await atPrompt();
    learner.say({ type: 'watch', view: 'vmstat', rateHz: 2, paths: [] });
    const moments = (): Kind<'xray'>[] => told(learner, 'xray');
    await learner.until(() => moments().length >= 2, 'two moments of a view');
    expect(moments()[0]?.message).toMatchObject({ kind: 'state', view: 'vmstat', sample: 1 });
    expect(moments()[1]?.message).toMatchObject({ view: 'vmstat', sample: 2 });
    learner.say({ type: 'unwatch', view: 'vmstat' });
    learner.say({ type: 'watch', view: 'run-queue', rateHz: 2, paths: [] });
    const of = (view: string): number =>
      moments().filter(({ message }) => JSON.stringify(message).includes(`"${view}"`)).length;
    await learner.until(() => of('run-queue') >= 1, 'the other view');
    const before = of('vmstat');
    await learner.until(() => of('run-queue') >= 4, 'more of the other view');
    expect(of('vmstat')).toBe(before);
  });

  it('that asks for a view there is none of is refused', async () => {
    const learner = await atPrompt();
    learner.raw.send(JSON.stringify({ type: 'watch', view: 'everything', rateHz: 1, paths: [] }));
    await learner.until(() => learner.closedWith !== undefined, 'the refusal');
    expect(learner.closedWith).toBe(CLOSE.badMessage);
  });

  it('opens a second terminal, and another page sees it', async () => {
    const learner = await atPrompt();
    learner.say({ type: 'open', request: 7, cols: 80, rows: 24 });
    await learner.until(() => told(learner, 'opened').length > 0, 'the second terminal');
    expect(told(learner, 'opened')[0]).toMatchObject({ request: 7 });
    expect(learner.view?.terminals).toHaveLength(2);
  });

  it('is refused more terminals than the machine may have, in both languages', async () => {
    const learner = await atPrompt();
    for (let request = 1; request <= 8; request++) learner.say({ type: 'open', request, cols: 80, rows: 24 });
    await learner.until(() => told(learner, 'error').length > 0, 'a refusal');
    const error = told(learner, 'error')[0];
    expect(error?.code).toBe('terminal-refused');
    expect(error?.message.ko).toMatch(/[가-힣]/);
  });

  it('shares its machine with the learner’s other tab', async () => {
    const first = await atPrompt();
    const again = await first.claim(FIXTURE_LAB);
    expect(again).toBe(first.session);
    expect(server.source.stats().running).toBe(1);
  });

  it('gets a fresh machine on reset, under the same name, with its progress kept', async () => {
    const learner = await atPrompt();
    const file = await tokenFile(learner);
    await learner.run(`echo yes > ${file}`);
    await verdict(learner, 'make', 'passed');
    const before = learner.view?.machine?.hostname;
    learner.say({ type: 'reset' });
    await learner.until(
      () => learner.view?.state === 'ready' && learner.view.machine?.hostname !== before,
      'another machine',
    );
    expect(learner.view?.id).toBe(learner.session);
    const progress = await learner.progress(FIXTURE_LAB);
    expect(progress.tasks.find(({ id }) => id === 'make')?.state).toBe('passed');
    // A position on the machine of before must not pass for one on this.
    learner.forget();
    learner.say({ type: 'attach', terminal: 1, position: learner.position, cols: 80, rows: 24 });
    await learner.until(() => told(learner, 'attached').length === 2, 'the terminal of the new machine');
    expect(told(learner, 'attached')[1]).toMatchObject({ clear: true });
    await learner.prompt();
    expect(server.source.stats().running).toBe(1);
  });
});

describe('a page that breaks the contract', () => {
  const refused: [string, (learner: Learner, raw: WebSocket) => void][] = [
    ['sends what is no JSON', (_, raw) => raw.send('{')],
    ['sends a message nobody knows', (_, raw) => raw.send('{"type":"shutdown"}')],
    ['adds a field', (_, raw) => raw.send('{"type":"settled","now":true}')],
    [
      'asks for a terminal of a million columns',
      (_, raw) => raw.send('{"type":"resize","terminal":1,"cols":1000000,"rows":1}'),
    ],
    ['sends binary of another kind', (_, raw) => raw.send(Buffer.from([9, 0, 1, 65]))],
    ['sends a binary message too short to be one', (_, raw) => raw.send(Buffer.from([INPUT_MESSAGE, 0]))],
    ['floods with good messages', (_, raw) => void Array.from({ length: 1500 }, () => raw.send('{"type":"settled"}'))],
  ];
  it.each(refused)('is closed when it %s', async (_what, act) => {
    const learner = await arrive();
    await learner.claim(FIXTURE_LAB);
    await learner.connect();
    const raw = learner.raw;
    act(learner, raw);
    await learner.until(() => learner.closedWith !== undefined, 'the end');
    expect(learner.closedWith).toBe(CLOSE.badMessage);
  });

  it('is closed for a message beyond the size limit', async () => {
    const learner = await arrive();
    await learner.claim(FIXTURE_LAB);
    await learner.connect();
    learner.raw.send(Buffer.alloc(80 * 1024, INPUT_MESSAGE));
    await learner.until(() => learner.closedWith !== undefined, 'the end');
    expect(learner.closedWith).toBe(1009);
  });

  it('is closed for acknowledging what was never sent, and for more input than its window', async () => {
    const learner = await atPrompt();
    learner.say({ type: 'ack', terminal: 1, seq: 1_000_000_000 });
    await learner.until(() => learner.closedWith !== undefined, 'the end');
    expect(learner.closedWith).toBe(CLOSE.badMessage);
    await learner.connect();
    await learner.until(() => told(learner, 'attached').length === 2, 'the terminal');
    // `cat` without a reader of its lines: the pty takes 4 KiB, the rest stays under way.
    learner.type('stty -icanon -echo; sleep 1000\r');
    for (let n = 0; n < 4; n++) learner.type('x'.repeat(60_000));
    await learner.until(() => learner.closedWith !== undefined, 'the end');
    expect(learner.closedWith).toBe(CLOSE.badMessage);
  });
});

describe('a socket', () => {
  const dial = (id: string, headers: Record<string, string>): Promise<number> =>
    new Promise((resolve) => {
      const socket = new WebSocket(`${server.origin.replace('http', 'ws')}/api/sessions/${id}/socket`, { headers });
      socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
      socket.on('close', (code) => resolve(code));
      socket.on('error', () => undefined);
    });

  it('is refused to another site, to no site, and under another name', async () => {
    const learner = await arrive();
    const id = await learner.claim(FIXTURE_LAB);
    expect(await dial(id, { origin: 'http://evil.example' })).toBe(403);
    expect(await dial(id, {})).toBe(403);
    expect(await dial(id, { origin: server.origin, host: 'evil.example' })).toBe(421);
  });

  it('is refused to strangers, and a stranger’s session looks like none', async () => {
    const [owner, stranger] = [await arrive(), await arrive()];
    const id = await owner.claim(FIXTURE_LAB);
    const { origin } = server;
    expect(await dial(id, { origin })).toBe(CLOSE.forbidden);
    const cookie = stranger.cookie;
    expect(await dial(id, { origin, cookie })).toBe(CLOSE.gone);
    expect(await dial('never-was', { origin, cookie })).toBe(CLOSE.gone);
  });
});

describe('a recording', () => {
  it('is handed to its learner as an asciicast, and to nobody else', async () => {
    const learner = await atPrompt();
    await learner.run('echo re""corded');
    const url = `${server.origin}/api/sessions/${learner.session}/terminals/1/recording`;
    const answer = await fetch(url, { headers: { cookie: learner.cookie } });
    expect(answer.headers.get('content-type')).toBe(RECORDING_TYPE);
    const [header = '', ...events] = (await answer.text()).trim().split('\n');
    expect(RecordingHeader.parse(JSON.parse(header))).toMatchObject({ version: 2, whole: true });
    const read = events.map((line) => RecordingEvent.parse(JSON.parse(line)));
    const text = read.map(([, kind, data]) => (kind === 'o' ? data : '')).join('');
    expect(text).toContain('recorded\r\n');
    expect(read.every(([seconds], index) => seconds >= (read[index - 1]?.[0] ?? 0))).toBe(true);

    const stranger = await arrive();
    expect((await fetch(url, { headers: { cookie: stranger.cookie } })).status).toBe(404);
    expect((await fetch(url)).status).toBe(401);
    const none = url.replace('/terminals/1/', '/terminals/9/');
    expect((await fetch(none, { headers: { cookie: learner.cookie } })).status).toBe(404);
  });
});

describe('a task', () => {
  it('turns green by the command that did it, and says before what is missing', async () => {
    const learner = await atPrompt();
    const file = await tokenFile(learner);
    await learner.run('true');
    const missing = await verdict(learner, 'make', 'not-yet');
    expect(missing.messages[0]?.en).toBe(`The file \`${file}\` is not there yet.`);
    await learner.run(`echo no > ${file}`);
    await learner.until(
      () => told(learner, 'task').some(({ task }) => task.id === 'make' && task.state === 'almost'),
      'partial credit',
    );
    const goalsOf = async (): Promise<unknown> =>
      (await learner.progress(FIXTURE_LAB)).tasks.find(({ id }) => id === 'make')?.goals;
    expect(told(learner, 'task').findLast(({ task }) => task.id === 'make')?.task.goals).toEqual({
      file: true,
      word: false,
    });
    expect(await goalsOf()).toEqual({ file: true, word: false });
    await learner.run(`echo yes > ${file}`);
    expect(await verdict(learner, 'make', 'passed')).toMatchObject({ score: 1, cause: 'command' });
    expect(await goalsOf()).toEqual({ file: true, word: true });
    await learner.until(
      () => told(learner, 'task').some(({ task }) => task.id === 'guess' && task.state === 'open'),
      'the next task to open',
    );
  });

  it('that is locked is not judged, whatever the page says', async () => {
    const learner = await atPrompt();
    learner.say({ type: 'answer', task: 'guess', value: '4' });
    await learner.until(() => told(learner, 'error').length > 0, 'an error');
    expect(told(learner, 'error')[0]?.code).toBe('task-locked');
    expect(told(learner, 'verdict').filter((one) => one.verdict.task === 'guess')).toEqual([]);
  });

  it('of the predicting kind locks the prediction before it measures, and draws both', async () => {
    const learner = await atPrompt();
    const file = await tokenFile(learner);
    await learner.run(`echo yes > ${file}`);
    await verdict(learner, 'make', 'passed');
    learner.say({ type: 'answer', task: 'guess', value: 'many' });
    await learner.until(() => told(learner, 'error').length === 1, 'an error');
    expect(told(learner, 'error')[0]?.code).toBe('unreadable-answer');
    learner.say({ type: 'answer', task: 'guess', value: '5' });
    learner.say({ type: 'answer', task: 'guess', value: '4' });
    await verdict(learner, 'guess', 'passed');
    await learner.until(() => told(learner, 'error').length === 2, 'the second prediction refused');
    expect(told(learner, 'error')[1]?.code).toBe('already-committed');
    const view = (await learner.progress(FIXTURE_LAB)).tasks.find(({ id }) => id === 'guess');
    expect(view).toMatchObject({ answer: '5', measured: { predicted: 5, value: 4 } });
    const states = told(learner, 'task')
      .filter(({ task }) => task.id === 'guess')
      .map(({ task }) => task.state);
    expect(states).toContain('committed');
  });

  it('of the finding kind compares with the truth of this moment', async () => {
    const learner = await atPrompt();
    learner.say({ type: 'answer', task: 'count', value: '8' });
    expect(await verdict(learner, 'count', 'wrong')).toMatchObject({ cause: 'answer', score: 0 });
    learner.say({ type: 'answer', task: 'count', value: '９' });
    expect(await verdict(learner, 'count', 'passed')).toMatchObject({ score: 1 });
  });

  it('of the choosing kind gives its reason without a machine', async () => {
    const learner = await atPrompt();
    learner.say({ type: 'answer', task: 'pick', value: 'left' });
    const wrong = await verdict(learner, 'pick', 'wrong');
    expect(wrong.messages[0]?.ko).toBe('왼쪽이 아닙니다.');
    learner.say({ type: 'answer', task: 'pick', value: 'right' });
    await verdict(learner, 'pick', 'passed');
  });

  it('gives hints one at a time and the solution after effort', async () => {
    const learner = await atPrompt();
    learner.say({ type: 'solution', task: 'pick' });
    await learner.until(() => told(learner, 'error').length === 1, 'no solution yet');
    expect(told(learner, 'error')[0]?.code).toBe('no-solution-yet');
    learner.say({ type: 'hint', task: 'make' });
    learner.say({ type: 'hint', task: 'make' });
    await learner.until(() => told(learner, 'error').length === 2, 'no second hint');
    expect(told(learner, 'hint')).toMatchObject([{ task: 'make', index: 0, of: 1 }]);
    learner.say({ type: 'answer', task: 'pick', value: 'right' });
    await verdict(learner, 'pick', 'passed');
    learner.say({ type: 'solution', task: 'pick' });
    await learner.until(() => told(learner, 'solution').length === 1, 'the solution');
  });

  it('runs on the Check button and says so', async () => {
    const learner = await atPrompt();
    learner.say({ type: 'check', task: 'make' });
    await learner.until(() => told(learner, 'checking').length > 0, 'the check to begin');
    const button = (): boolean => told(learner, 'verdict').some((one) => one.verdict.cause === 'button');
    await learner.until(button, 'its verdict');
  });
});

describe('a server that was restarted', () => {
  it('shows a port under the name it had, before any page asked again', async () => {
    const learner = await atPrompt();
    const { port } = new URL(server.origin);
    const guest = createServer((_, response) => void response.end('served')).listen(0, '127.0.0.1');
    await once(guest, 'listening');
    const { port: served } = guest.address() as AddressInfo;
    learner.say({ type: 'ports' });
    const shown = (): string | null | undefined =>
      told(learner, 'ports')
        .at(-1)
        ?.ports.ports.find((one) => one.port === served)?.url;
    await learner.until(() => typeof shown() === 'string', 'the name of a preview');
    const host = new URL(shown() ?? '').host;
    await learner.close();
    server = await server.restart({ env: { UNDERHOOD_PORT: port } });
    const statusFor = async (name: string): Promise<number | undefined> => {
      const [answer] = (await once(
        httpRequest({ host: '127.0.0.1', port, path: '/', headers: { host: name } }).end(),
        'response',
      )) as [IncomingMessage];
      answer.resume();
      return answer.statusCode;
    };
    expect(await statusFor(`${'a'.repeat(26)}.localhost:${port}`)).toBe(404);
    expect(await statusFor(host)).not.toBe(404);
    guest.close();
  });

  it('keeps the shell, the position and the progress', async () => {
    const learner = await atPrompt();
    await learner.run('kept=ye""s');
    learner.say({ type: 'answer', task: 'pick', value: 'right' });
    await verdict(learner, 'pick', 'passed');
    const port = Number(new URL(server.origin).port);
    server = await server.restart({ env: { UNDERHOOD_PORT: String(port) } });
    await learner.until(() => learner.closedWith !== undefined, 'the old server to go');
    await learner.connect();
    await learner.until(() => told(learner, 'attached').length === 2, 'the terminal');
    expect(told(learner, 'attached')[1]?.clear).toBe(false);
    expect(await learner.run('echo kept=$kept')).toContain('kept=yes\r\n');
    const { tasks } = await learner.progress(FIXTURE_LAB);
    expect(tasks.find(({ id }) => id === 'pick')?.state).toBe('passed');
  });

  it('says that a machine which is gone is gone', async () => {
    const learner = await atPrompt();
    const port = Number(new URL(server.origin).port);
    await server.server.detach();
    for (const body of [...(server.host?.bodies.values() ?? [])]) await server.host?.destroy(body);
    server = await server.restart({ env: { UNDERHOOD_PORT: String(port) } });
    await learner.until(() => learner.closedWith !== undefined, 'the old server to go');
    await learner.connect();
    await learner.until(() => learner.closedWith === CLOSE.gone, 'the refusal');
    const fresh = await learner.claim(FIXTURE_LAB);
    await learner.connect();
    await learner.until(() => learner.view?.state === 'ready', 'a fresh machine');
    expect(learner.view?.id).toBe(fresh);
  });

  it('ends machines that belong to nobody', async () => {
    await atPrompt();
    server.host?.create();
    expect(server.host?.bodies.size).toBe(2);
    server = await server.restart();
    expect(server.host?.bodies.size).toBe(1);
  });
});

describe('a learner', () => {
  it('who asks for machines all the time is told to wait', async () => {
    await server[Symbol.asyncDispose]();
    server = await TestServer.start({ env: { UNDERHOOD_CLAIMS_PER_MINUTE: '2' } });
    const learner = await arrive();
    await learner.claim(FIXTURE_LAB);
    await learner.claim(FIXTURE_LAB);
    await expect(learner.claim(FIXTURE_LAB)).rejects.toThrow('429');
  });
});
