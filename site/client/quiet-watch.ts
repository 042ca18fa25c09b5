// Notices that a command probably ended in a shell that does not say so: Enter, and then quiet output for a while.

export const QUIET_MS = 400;

/** `enter` starts waiting, each `output` prolongs it, `stop` forgets it. */
export type QuietWatch = { enter(): void; output(): void; stop(): void };

export function quietWatch(onSettled: () => void, quietMs: number = QUIET_MS): QuietWatch {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = (): void => {
    clearTimeout(timer);
    timer = undefined;
  };
  const enter = (): void => {
    stop();
    timer = setTimeout(() => {
      timer = undefined;
      onSettled();
    }, quietMs);
  };
  return { enter, stop, output: () => (timer === undefined ? undefined : enter()) };
}
