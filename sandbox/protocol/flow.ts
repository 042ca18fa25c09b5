// Flow-control numbers, shared by guest, session and browser so that the halves cannot disagree.

/** Output the guest may send per terminal beyond what the host acknowledged. Two frames in flight hide the round trip. */
export const GUEST_WINDOW_BYTES = 256 * 1024;

/** Output kept per terminal for whoever reconnects, in the guest (the truth) and in the session (its copy). */
export const RING_BYTES = 1024 * 1024;

/** Output the server may send per terminal and browser beyond what that browser acknowledged.
 * xterm.js throws away what is beyond 50 MB; its flow-control guide advises to stay under 500 kB. */
export const BROWSER_WINDOW_BYTES = 384 * 1024;

/** A browser acknowledges at least every so many bytes that xterm.js has parsed. */
export const BROWSER_ACK_BYTES = 64 * 1024;

/** A browser whose position is this far behind gets the present screen instead of every byte. */
export const LAGGARD_BYTES = 768 * 1024;

/** Input accepted per terminal that the pty has not taken yet; a larger paste waits in the browser. */
export const INPUT_WINDOW_BYTES = 64 * 1024;

/** Credit a byte stream of a call (exec output, file, dial) starts with. */
export const CALL_WINDOW_BYTES = 256 * 1024;

/** Terminals of one machine. */
export const MAX_TERMINALS = 8;
