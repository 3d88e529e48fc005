export function projectNode(root: string): string;
export function npmEnvironment(env: NodeJS.ProcessEnv, root: string): Record<string, string | undefined>;
export function installDependencies(root: string): void;
