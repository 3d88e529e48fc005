import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';

/** What a child may take of the machine. */
export interface ChildLimits {
  /** Beside this, meetings come first (nice(1)): 0 as we are, 19 last of all. */
  niceness: number;
  /** What it allocates. Linux holds it (setrlimit(2), RLIMIT_DATA); macOS takes it down and does not. */
  memoryBytes: number;
  /** Of processor time; undefined for one that lives as long as it is fed. */
  cpuSeconds?: number;
  /** That it lives, waiting included. */
  wallMs?: number;
  /** Of any one file that it writes; 0 for a child that writes into pipes alone. */
  fileBytes?: number;
}

/** Below everything that meetings need. */
export const LOWEST_PRIORITY = 19;

/** How setrlimit counts: kilobytes, and blocks of 512 bytes for files (POSIX, ulimit). */
const KILOBYTE = 1024;
const BLOCK = 512;
/** V8 counts some 600 MB as its own before it has an object (measured with Node 24), more on larger machines. */
const NODE_RESERVE_BYTES = 2 * 1024 ** 3;
/** A timer takes no more, and would go off at once. */
const LONGEST_MS = 2 ** 31 - 1;
/** With these two a shell says that there is no such program, or that it cannot be run (POSIX, "Exit Status for Commands"). */
const NOT_STARTED = [126, 127];

/** What the programs that we start need of our environment: where programs and their libraries lie. */
const PASSED_ON = ['PATH', 'LD_LIBRARY_PATH'];

/**
 * Starts a program that works for us: without our environment, and within limits that hold before its first instruction.
 * A shell sets them, since every system has one. A core dump would be a recording that nobody deletes, so there is none.
 */
export function startChild(
  program: string,
  args: readonly string[],
  options: { limits: ChildLimits; stdio: 'pipe' },
): ChildProcessWithoutNullStreams {
  const { limits, stdio } = options;
  return spawn('/bin/sh', limited(program, args, limits), { stdio, env: passedOn(), ...killedAfter(limits) });
}

/** Starts a file of ours as a Node process of its own, with a channel for messages; its output can be read. */
export function startNodeChild(entry: string, limits: ChildLimits): ChildProcess {
  // Where the system does not hold it, V8 does, but for buffers.
  const heap = `--max-old-space-size=${Math.floor(limits.memoryBytes / KILOBYTE ** 2)}`;
  const memoryBytes = limits.memoryBytes + NODE_RESERVE_BYTES;
  return spawn('/bin/sh', limited(process.execPath, [heap, entry], { ...limits, memoryBytes }), {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    env: passedOn(),
    ...killedAfter(limits),
  });
}

/** Whether a child that ended with this status was never the program that it should have been. */
export const wasNotStarted = (status: number | null) => status !== null && NOT_STARTED.includes(status);

function limited(program: string, args: readonly string[], limits: ChildLimits): string[] {
  const { cpuSeconds, fileBytes, memoryBytes, niceness } = limits;
  const wanted = [
    'ulimit -c 0',
    `ulimit -d ${Math.floor(memoryBytes / KILOBYTE)}`,
    ...(cpuSeconds === undefined ? [] : [`ulimit -t ${Math.ceil(cpuSeconds)}`]),
    ...(fileBytes === undefined ? [] : [`ulimit -f ${Math.ceil(fileBytes / BLOCK)}`]),
  ];
  // Whoever runs us may have set a lower one already, and that one stands.
  const script = `{ ${wanted.join('; ')}; } 2>/dev/null; exec nice -n ${niceness} "$@"`;
  return ['-c', script, 'sh', program, ...args];
}

function passedOn(): Record<string, string> {
  const known = PASSED_ON.flatMap((key) => {
    const value = process.env[key];
    return value === undefined ? [] : [[key, value]];
  });
  return Object.fromEntries(known);
}

function killedAfter({ wallMs }: ChildLimits): { killSignal: 'SIGKILL'; timeout?: number } {
  const killSignal = 'SIGKILL';
  return wallMs === undefined
    ? { killSignal }
    : { killSignal, timeout: Math.min(LONGEST_MS, Math.ceil(wallMs)) };
}
