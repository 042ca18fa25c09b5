// What can go wrong on QEMU's control socket.

export type QmpErrorCode =
  /** the socket ended: QEMU is gone or nobody listens */
  | 'closed'
  | 'timeout'
  | 'line-too-long'
  /** what came is no QMP */
  | 'bad-message'
  /** QEMU refused the command; the message is QEMU's */
  | 'refused';

export class QmpError extends Error {
  readonly code: QmpErrorCode;
  constructor(code: QmpErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'QmpError';
    this.code = code;
  }
}
