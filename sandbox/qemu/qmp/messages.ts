// What QEMU says on its control socket (docs/interop/qmp-spec of QEMU), parsed before it is believed.
import * as z from 'zod/mini';
import { QmpError } from './errors.ts';

const name = z.string().check(z.maxLength(256));
const data = z.record(name, z.unknown());

const Greeting = z.object({ QMP: z.object({ capabilities: z.array(z.unknown()) }) });
const Reply = z.object({ return: z.unknown(), id: z.int() });
const Refusal = z.object({
  error: z.object({ class: name, desc: z.string().check(z.maxLength(65536)) }),
  id: z.optional(z.int()),
});
const Event = z.object({ event: name, data: z.optional(data) });

export type QmpEvent = { readonly name: string; readonly data: Readonly<Record<string, unknown>> };

export type QmpMessage =
  | { readonly kind: 'greeting' }
  | { readonly kind: 'reply'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'refusal'; readonly id: number | undefined; readonly message: string }
  | { readonly kind: 'event'; readonly event: QmpEvent };

/** Throws QmpError `bad-message`. Unknown fields are let through: QEMU adds some with every version. */
export function parseMessage(line: string): QmpMessage {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch (cause) {
    throw new QmpError('bad-message', `no JSON: ${excerpt(line)}`, cause);
  }
  if (typeof json === 'object' && json !== null) {
    if ('event' in json) {
      const event = Event.safeParse(json);
      if (event.success) {
        return { kind: 'event', event: { name: event.data.event, data: event.data.data ?? {} } };
      }
    } else if ('error' in json) {
      const refusal = Refusal.safeParse(json);
      if (refusal.success) {
        return { kind: 'refusal', id: refusal.data.id, message: refusal.data.error.desc };
      }
    } else if ('return' in json) {
      const reply = Reply.safeParse(json);
      if (reply.success) return { kind: 'reply', id: reply.data.id, value: reply.data.return };
    } else if ('QMP' in json && Greeting.safeParse(json).success) {
      return { kind: 'greeting' };
    }
  }
  throw new QmpError('bad-message', `no QMP message: ${excerpt(line)}`);
}

function excerpt(line: string): string {
  return JSON.stringify(line.slice(0, 120));
}
