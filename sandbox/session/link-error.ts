// Why the link to a guest ended, or a call on it failed.

export type LinkErrorCode =
  /** the guest broke a rule of the protocol; the message says which */
  | 'violation'
  /** the guest sent more frames or events than any honest one does */
  | 'flood'
  | 'hello-timeout'
  | 'version-mismatch'
  | 'disconnected'
  | 'closed'
  | 'aborted'
  | 'call-timeout'
  | 'too-many-calls'
  | 'input-overflow'
  /** the guest refused or failed the call; `guestCode` says why */
  | 'call-failed';

export class LinkError extends Error {
  readonly code: LinkErrorCode;
  /** the guest's own code (ENOENT, no-such-user …) where `code` is call-failed */
  readonly guestCode: string | undefined;
  constructor(code: LinkErrorCode, message: string, options?: ErrorOptions & { guestCode?: string }) {
    super(message, options);
    this.name = 'LinkError';
    this.code = code;
    this.guestCode = options?.guestCode;
  }
}
