// Reads what a check printed. The guest is hostile: every count and length is bounded here, unknown lines are dropped.

export type MessageReport = { readonly id: string; readonly params: Readonly<Record<string, string>> };

export type Report = {
  readonly passed: boolean;
  readonly failed: boolean;
  /** of `fail` and `say`, in order */
  readonly messages: readonly MessageReport[];
  readonly goals: ReadonlyMap<string, boolean>;
  readonly values: readonly string[];
  readonly near: readonly { readonly message: string; readonly value: string }[];
  readonly outputs: Readonly<Record<string, string>>;
  /** a command that the script called and that does not exist */
  readonly unknown: string | undefined;
};

const LIMITS = { lines: 256, fields: 24, keyChars: 32, valueChars: 200, messages: 8, outputs: 16 } as const;
const KEY = /^[a-z][a-z0-9_]*$/;
const ID = /^[a-z][a-z0-9-]*$/;

/** Control characters, direction overrides and other invisible ones: they could fake what surrounds them on the page. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** A value from the guest as it may be shown: one line, visible characters only, bounded. Backticks would end code. */
export function presentable(value: string): string {
  const clean = value.replaceAll(UNSEEN, '').replaceAll('`', "'").trim();
  return clean.length > LIMITS.valueChars ? `${clean.slice(0, LIMITS.valueChars - 1)}…` : clean;
}

export function readReport(stdout: string): Report {
  const messages: MessageReport[] = [];
  const goals = new Map<string, boolean>();
  const values: string[] = [];
  const near: { message: string; value: string }[] = [];
  const outputs: Record<string, string> = {};
  let passed = false;
  let failed = false;
  let unknown: string | undefined;
  for (const line of stdout.split('\n', LIMITS.lines)) {
    const [word, first = '', ...rest] = line.split('\t', LIMITS.fields);
    switch (word) {
      case 'pass':
        passed = true;
        break;
      case 'fail':
      case 'say':
        failed ||= word === 'fail';
        if (ID.test(first) && messages.length < LIMITS.messages) messages.push({ id: first, params: pairs(rest) });
        break;
      case 'goal':
        if (ID.test(first)) goals.set(first, rest[0] === 'ok');
        break;
      case 'value':
        values.push(presentable(first));
        break;
      case 'near':
        if (ID.test(first)) near.push({ message: first, value: presentable(rest[0] ?? '') });
        break;
      case 'unknown':
        unknown ??= presentable(first);
        break;
      case 'output':
        for (const [key, value] of Object.entries(pairs([first, ...rest]))) {
          if (Object.keys(outputs).length < LIMITS.outputs) outputs[key] = value;
        }
        break;
      case undefined:
      default:
        // not ours: dropped
        break;
    }
  }
  return { passed, failed, messages, goals, values, near, outputs, unknown };
}

function pairs(fields: readonly string[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (const field of fields) {
    const at = field.indexOf('=');
    const key = field.slice(0, at);
    if (at > 0 && key.length <= LIMITS.keyChars && KEY.test(key)) found[key] = presentable(field.slice(at + 1));
  }
  return found;
}
