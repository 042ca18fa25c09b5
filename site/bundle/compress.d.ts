export declare function compressBelow(folder: string): Promise<void>;
