// What can go wrong while the guest image is built: a closed list of codes, each with words for whoever set it off.

export type ImageErrorCode = 'not-root' | 'no-mmdebstrap' | 'no-network' | 'no-space' | 'build-failed';

export class ImageError extends Error {
  readonly code: ImageErrorCode;
  constructor(code: ImageErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ImageError';
    this.code = code;
  }
}

/** The last lines are where mmdebstrap, apt and dpkg say why. */
const TAIL_LINES = 12;

const UNREACHABLE =
  /Temporary failure resolving|Could not resolve|Failed to fetch|Could not connect|[Cc]onnection timed out|does not have a Release file|Connection refused|Network is unreachable/;

/** The error behind `output` of a program that failed. */
export function failureOf(program: string, output: string): ImageError {
  const tail = output.trimEnd().split('\n').slice(-TAIL_LINES).join('\n');
  if (/No space left on device|You don't have enough free space/.test(output)) {
    return new ImageError('no-space', `the disk is full (${program}):\n${tail}`);
  }
  if (UNREACHABLE.test(output)) {
    return new ImageError('no-network', `the packages of Debian 13 cannot be reached (${program}):\n${tail}`);
  }
  return new ImageError('build-failed', `${program} failed:\n${tail}`);
}
