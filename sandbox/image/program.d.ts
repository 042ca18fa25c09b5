export type RunOptions = {
    readonly signal?: AbortSignal | undefined;
    /** every line of both outputs, as it comes */
    readonly onLine?: (line: string) => void;
};
/** Its output lines (the last 400), or an ImageError that ends with them. */
export declare function run(program: string, args: readonly string[], options?: RunOptions): Promise<string>;
