/** Everything below `from` to `to`, owned by root, 755 or 644: git keeps one mode bit, and whoever cloned the
 * repository may have a umask under which the learner could not read a file. Folders that exist keep their modes. */
export declare function copyTree(from: string, to: string): Promise<void>;
