/** Resolves when the browser has nothing else to do. Safari has no idle callbacks; there a moment of `momentMs` has to do. */
export function untilIdle(momentMs: number): Promise<void> {
  return new Promise((resolve) => {
    if ('requestIdleCallback' in globalThis) requestIdleCallback(() => resolve(), { timeout: 3000 });
    else setTimeout(resolve, momentMs);
  });
}
