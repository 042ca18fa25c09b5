// Why a call to the guest failed: our own codes, or the system's errno names.

export type GuestErrorCode =
  | 'bad-params'
  | 'unknown-method'
  | 'no-such-terminal'
  | 'no-such-user'
  | 'too-many-terminals'
  | 'too-many-calls'
  | 'terminal-exited'
  | 'not-a-file'
  | 'size-mismatch'
  | 'cancelled'
  | 'connect-timeout'
  | 'restore-failed'
  | 'internal';

export class GuestError extends Error {
  readonly code: GuestErrorCode;
  constructor(code: GuestErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'GuestError';
    this.code = code;
  }
}

/** What goes over the wire for any thrown value. */
export function callErrorOf(error: unknown): { code: string; message: string } {
  if (!(error instanceof Error)) return { code: 'internal', message: 'unknown failure' };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : 'internal';
  return { code: code.slice(0, 64), message: error.message.slice(0, 512) };
}
