// The control socket: lines, messages, replies, and what a hostile QEMU may say on it.
import { Duplex } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { QmpConnection } from '../../../sandbox/qemu/qmp/connection.ts';
import { QmpError } from '../../../sandbox/qemu/qmp/errors.ts';
import { LineReader, MAX_LINE_BYTES } from '../../../sandbox/qemu/qmp/lines.ts';
import { parseMessage } from '../../../sandbox/qemu/qmp/messages.ts';
import * as verbs from '../../../sandbox/qemu/qmp/verbs.ts';

const GREETING = '{"QMP":{"version":{"qemu":{"major":7}},"capabilities":[]}}\n';

type Command = { execute: string; arguments?: unknown; id: number };

/** The other end of a control socket: answers as `answer` says, and lets the test say more. */
class FakeQemu extends Duplex {
  readonly commands: Command[] = [];
  readonly #answer: (command: Command) => string | undefined;

  constructor(answer: (command: Command) => string | undefined = ({ id }) => `{"return":{},"id":${String(id)}}`) {
    super();
    this.#answer = answer;
  }

  say(text: string): void {
    this.push(Buffer.from(text));
  }

  override _read(): void {
    // everything is pushed as it is said
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    for (const line of chunk.toString().split('\n').filter(Boolean)) {
      const command = JSON.parse(line) as Command;
      this.commands.push(command);
      const answer = this.#answer(command);
      if (answer !== undefined) this.say(`${answer}\n`);
    }
    done();
  }
}

async function connected(answer?: (command: Command) => string | undefined): Promise<[QmpConnection, FakeQemu]> {
  const ok = ({ id }: Command): string => `{"return":{},"id":${String(id)}}`;
  const qemu = new FakeQemu((command) =>
    command.execute === 'qmp_capabilities' ? ok(command) : (answer ?? ok)(command),
  );
  qemu.say(GREETING);
  return [await QmpConnection.open(qemu, 1000), qemu];
}

describe('lines of the control socket', () => {
  it('come out whole however the chunks are cut', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1 })), fc.array(fc.nat(7)), (lines, cuts) => {
        const clean = lines.map((line) => line.replaceAll(/[\r\n]/g, '').trim()).filter((line) => line !== '');
        let rest = Buffer.from(clean.map((line) => `${line}\n`).join(''));
        const reader = new LineReader();
        const out: string[] = [];
        for (const cut of [...cuts, rest.length]) {
          out.push(...reader.push(rest.subarray(0, cut)));
          rest = rest.subarray(cut);
        }
        out.push(...reader.push(rest));
        expect(out).toEqual(clean);
        expect(reader.heldBytes).toBe(0);
      }),
    );
  });

  it('are refused past their bound, whether or not they ever end', () => {
    const reader = new LineReader(100);
    expect(() => [...reader.push(Buffer.alloc(101, 'x'))]).toThrow(QmpError);
    const slow = new LineReader(100);
    expect(() => {
      for (let byte = 0; byte < 200; byte++) Array.from(slow.push(Buffer.from('x')));
    }).toThrow(/more than 100 bytes/);
  });
});

describe('messages of the control socket', () => {
  it('are parsed or refused with QmpError, whatever the line says', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.jsonValue().map((value) => JSON.stringify({ event: value })),
        ),
        (line) => {
          try {
            expect(['greeting', 'reply', 'refusal', 'event']).toContain(parseMessage(line).kind);
          } catch (error) {
            expect(error).toBeInstanceOf(QmpError);
          }
        },
      ),
    );
  });

  it.each(['{"return":1}', '{"return":{},"id":"1"}', '{"event":5}', '{"error":"no"}', '[]', 'null', '{"QMP":1}'])(
    'that are only nearly right are refused: %s',
    (line) => {
      expect(() => parseMessage(line)).toThrow(QmpError);
    },
  );
});

describe('a control connection', () => {
  it('matches replies to commands by number, in any order', async () => {
    const held: Command[] = [];
    const [qmp, qemu] = await connected((command) => void held.push(command));
    const first = qmp.execute('a', undefined, z.string());
    const second = qmp.execute('b', undefined, z.string());
    for (const { id, execute } of held.toReversed()) qemu.say(`{"return":"${execute}","id":${String(id)}}\n`);
    await expect(first).resolves.toBe('a');
    await expect(second).resolves.toBe('b');
  });

  it('passes on what QEMU refuses, in its words', async () => {
    const [qmp] = await connected(
      ({ id }) => `{"error":{"class":"GenericError","desc":"no such thing"},"id":${String(id)}}`,
    );
    await expect(verbs.stop(qmp)).rejects.toMatchObject({ code: 'refused', message: 'stop: no such thing' });
  });

  it('does not believe a reply of the wrong shape', async () => {
    const [qmp] = await connected(({ id }) => `{"return":{"running":"yes"},"id":${String(id)}}`);
    await expect(verbs.status(qmp)).rejects.toMatchObject({ code: 'bad-message' });
  });

  it('tells everybody once when the socket ends, and rejects what was waiting', async () => {
    const [qmp, qemu] = await connected(() => undefined);
    let ends = 0;
    qmp.onEnd(() => ends++);
    const waiting = qmp.execute('cont', undefined, z.unknown());
    qemu.destroy();
    await expect(waiting).rejects.toMatchObject({ code: 'closed' });
    await expect(verbs.cont(qmp)).rejects.toMatchObject({ code: 'closed' });
    qmp.close();
    expect(ends).toBe(1);
  });

  it.each(['nonsense\n', '{"return":', `${'x'.repeat(MAX_LINE_BYTES + 1)}`, '{"id":1}\n', '\u0000\n'])(
    'ends at a hostile line (%#) instead of going on with it',
    async (hostile) => {
      const [qmp, qemu] = await connected(() => undefined);
      const ended = new Promise((resolve) => qmp.onEnd(resolve));
      qemu.say(hostile);
      qemu.push(null);
      await expect(ended).resolves.toBeInstanceOf(QmpError);
      expect(qmp.isOpen).toBe(false);
    },
  );

  it('ignores replies nobody asked for and commands given up', async () => {
    const [qmp, qemu] = await connected(({ id, execute }) =>
      execute === 'slow' ? undefined : `{"return":{},"id":${String(id)}}`,
    );
    await expect(qmp.execute('slow', undefined, z.unknown(), 10)).rejects.toMatchObject({ code: 'timeout' });
    qemu.say('{"return":{},"id":2}\n{"return":{},"id":99}\n');
    await expect(verbs.cont(qmp)).resolves.toBeUndefined();
  });

  it('does not open without a greeting', async () => {
    const silent = new FakeQemu();
    await expect(QmpConnection.open(silent, 20)).rejects.toMatchObject({ code: 'timeout' });
    expect(silent.destroyed).toBe(true);
    const rude = new FakeQemu();
    rude.say('{"event":"STOP"}\n');
    await expect(QmpConnection.open(rude, 1000)).rejects.toMatchObject({ code: 'bad-message' });
  });
});

describe('a migration', () => {
  const event = (status: string): string => `{"event":"MIGRATION","data":{"status":"${status}"}}\n`;

  it('is over when QEMU says so, not when the command was accepted', async () => {
    const [qmp, qemu] = await connected();
    let over = false;
    const migration = verbs.migrateIn(qmp, 'file:/x', 1000).then(() => (over = true));
    await verbs.cont(qmp);
    expect(over).toBe(false);
    qemu.say(event('active') + event('completed'));
    await migration;
    expect(over).toBe(true);
  });

  it('that failed rejects with the reason', async () => {
    const [qmp, qemu] = await connected(
      ({ id, execute }) =>
        `{"return":${execute === 'query-migrate' ? '{"status":"failed","error-desc":"disk is full"}' : '{}'},"id":${String(id)}}`,
    );
    const migration = verbs.migrateOut(qmp, 'file:/x', 1000);
    qemu.say(event('failed'));
    await expect(migration).rejects.toThrow(/disk is full/);
  });

  it('of a running machine begins in a stop, and changes its disk in the stop before the last pages', async () => {
    const [qmp, qemu] = await connected();
    const steps = (): string[] => qemu.commands.map(({ execute }) => execute).slice(1);
    const before = ['migrate-set-parameters', 'stop', 'migrate'];
    const stopped = Promise.withResolvers<void>();
    const limits = { running: true, timeoutMs: 60_000 };
    const migration = verbs.migrateLive(qmp, 'file:/x', limits, async () => {
      expect(steps()).toEqual([...before, 'cont']);
      stopped.resolve();
      await verbs.freezeDisk(qmp, 'vda', 'disk-1', '/box/disk-1.qcow2');
    });
    await expect.poll(steps).toEqual(before);
    qemu.say(event('setup') + event('active'));
    await expect.poll(steps).toEqual([...before, 'cont']);
    qemu.say(event('pre-switchover'));
    await stopped.promise;
    const asked = [...before, 'cont', 'blockdev-add', 'blockdev-snapshot', 'migrate-continue'];
    await expect.poll(steps).toEqual(asked);
    qemu.say(event('device') + event('completed'));
    expect(await migration).toBeGreaterThan(0);
  });

  it('of a paused machine does not make it go on', async () => {
    const [qmp, qemu] = await connected();
    const migration = verbs.migrateLive(qmp, 'file:/x', { running: false, timeoutMs: 60_000 }, () => Promise.resolve());
    await expect.poll(() => qemu.commands.map(({ execute }) => execute)).toContain('migrate');
    qemu.say(event('active') + event('pre-switchover') + event('completed'));
    expect(await migration).toBe(0);
    const asked = qemu.commands.map(({ execute }) => execute);
    for (const command of ['stop', 'cont']) expect(asked).not.toContain(command);
  });

  it.each([[['failed']], [['active', 'failed']]])(
    'of a running machine that ends %j leaves the disk as it is',
    async (said) => {
      const [qmp, qemu] = await connected();
      let changed = false;
      const limits = { running: true, timeoutMs: 60_000 };
      const migration = verbs.migrateLive(qmp, 'file:/x', limits, () => {
        changed = true;
        return Promise.resolve();
      });
      qemu.say(said.map(event).join(''));
      await expect(migration).rejects.toThrow(/migration failed/);
      expect(changed).toBe(false);
    },
  );

  it('is not followed by the machine’s going on before QEMU has finished with it', async () => {
    let looks = 0;
    const [qmp, qemu] = await connected(({ id, execute }) => {
      const running = `{"status":"${++looks < 3 ? 'finish-migrate' : 'postmigrate'}","running":false}`;
      return `{"return":${execute === 'query-status' ? running : '{}'},"id":${String(id)}}`;
    });
    await verbs.contAfterMigration(qmp);
    const asked = qemu.commands.map(({ execute }) => execute).slice(1);
    expect(asked).toEqual(['query-status', 'query-status', 'query-status', 'cont']);
  });
});
