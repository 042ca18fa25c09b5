// How much time a machine has left, in the steps in which it is said.

export type TimeLeft =
  | { readonly kind: 'unlimited' }
  | { readonly kind: 'hours'; readonly hours: number; readonly minutes: number }
  | { readonly kind: 'minutes'; readonly minutes: number }
  | { readonly kind: 'soon'; readonly minutes: number }
  | { readonly kind: 'over' };

/** From here on the page asks whether to extend. */
export const SOON_MS = 5 * 60_000;

export function timeLeft(expiresAt: number | null, now: number): TimeLeft {
  if (expiresAt === null) return { kind: 'unlimited' };
  const ms = expiresAt - now;
  if (ms <= 0) return { kind: 'over' };
  const minutes = Math.ceil(ms / 60_000);
  if (ms <= SOON_MS) return { kind: 'soon', minutes };
  if (minutes < 60) return { kind: 'minutes', minutes };
  return { kind: 'hours', hours: Math.floor(minutes / 60), minutes: minutes % 60 };
}
