// Tells a terminal's own answers (to "where is the cursor", "what are you") from what a person typed.

const ANSWERS = [
  // device attributes, status and cursor position, mode reports, window reports: CSI … final byte
  // eslint-disable-next-line no-control-regex
  /^\x1b\[[?>=]?[\d;]*(?:c|n|R|\$y|t)$/,
  // colour queries (OSC 4, 10, 11, 12) and DCS answers (DECRQSS, XTGETTCAP)
  // eslint-disable-next-line no-control-regex
  /^\x1b[\]P][^]*$/,
  // focus reports: true at that moment only
  // eslint-disable-next-line no-control-regex
  /^\x1b\[[IO]$/,
];

/** True for data that xterm.js produced by itself. While output is replayed such answers are dropped: who asked is long gone. */
export function isTerminalAnswer(data: string): boolean {
  return ANSWERS.some((pattern) => pattern.test(data));
}
