export type ImageErrorCode = 'not-root' | 'no-mmdebstrap' | 'no-network' | 'no-space' | 'build-failed';
export declare class ImageError extends Error {
    readonly code: ImageErrorCode;
    constructor(code: ImageErrorCode, message: string, options?: ErrorOptions);
}
/** The error behind `output` of a program that failed. */
export declare function failureOf(program: string, output: string): ImageError;
