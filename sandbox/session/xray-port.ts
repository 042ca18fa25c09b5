// What a page that watches the X-ray is told.
import type { XrayMessage } from '../protocol/xray.ts';

export interface XrayPort {
  /** One moment of a view. Never throws, never waits. */
  xray(message: XrayMessage): void;
}
