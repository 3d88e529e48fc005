export function hashPaths(root: string, paths: string[], skip?: (name: string) => boolean): string;
export function isStamped(file: string, value: string): boolean;
export function stamp(file: string, value: string): void;
