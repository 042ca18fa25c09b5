// What a session needs of the connection to the guest's agent (implemented by agent-link.ts).
import type { CallValue, GuestEvent, Method, Params, Welcome } from '../protocol/messages.ts';

export type GuestLinkHandlers = {
  readonly output: (terminal: number, seq: number, bytes: Uint8Array) => void;
  readonly inputAck: (terminal: number, bytes: number) => void;
  readonly event: (event: GuestEvent) => void;
  /** once; nothing comes after it */
  readonly closed: (error: Error | undefined) => void;
};

export type ExecParams = Omit<Params<'exec'>, 'stdin'>;
export type ExecResult = CallValue<'exec'> & { readonly stdout: Buffer; readonly stderr: Buffer };

export type PutParams = Omit<Params<'file.put'>, 'bytes'>;

export interface GuestLink {
  readonly welcome: Welcome;
  call<M extends Exclude<Method, 'exec' | 'file.put' | 'file.get' | 'dial' | 'cancel'>>(
    method: M,
    params: Params<M>,
  ): Promise<CallValue<M>>;
  exec(params: ExecParams, signal?: AbortSignal): Promise<ExecResult>;
  putFile(params: PutParams, contents: Uint8Array): Promise<void>;
  ack(terminal: number, seq: number): void;
  input(terminal: number, bytes: Uint8Array): void;
  close(): void;
}
