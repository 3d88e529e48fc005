import { getSystemErrorName } from 'node:util';

/** Calls of the system by their own names (man pages, sections 2 and 3), each answering as it does there: −1 is a failure. */
export interface Libc {
  socket(domain: number, type: number, protocol: number): number;
  bind(fd: number, address: Uint8Array, length: number): number;
  getsockname(fd: number, address: Uint8Array, length: Uint32Array): number;
  setsockopt(fd: number, level: number, name: number, value: Uint32Array, length: number): number;
  recvmmsg(fd: number, messages: Uint32Array, count: number, flags: number, timeout: null): number;
  sendto(
    fd: number,
    datagram: Uint8Array,
    length: number,
    flags: number,
    to: Uint8Array,
    size: number,
  ): number;
  clock_gettime(clock: number, time: Uint32Array): number;
  /** 1 when the text was an address of this family. */
  inet_pton(family: number, text: string, address: Uint8Array): number;
  close(fd: number): number;
  /** Where in memory this lies, for structures that point to it. Whoever puts it there keeps it. */
  addressOf(memory: Uint8Array | Uint32Array): bigint;
  /** Why the call before failed: `EADDRINUSE`. */
  errorName(): string;
}

/** The structures that we lay out are those of Linux on these. */
const KNOWN: readonly string[] = ['linux x64', 'linux arm64'];

const DECLARATIONS = {
  socket: 'int socket(int, int, int)',
  bind: 'int bind(int, void *, uint32_t)',
  getsockname: 'int getsockname(int, void *, void *)',
  setsockopt: 'int setsockopt(int, int, int, void *, uint32_t)',
  recvmmsg: 'int recvmmsg(int, void *, uint32_t, int, void *)',
  sendto: 'int64_t sendto(int, void *, size_t, int, void *, uint32_t)',
  clock_gettime: 'int clock_gettime(int, void *)',
  inet_pton: 'int inet_pton(int, const char *, void *)',
  close: 'int close(int)',
} as const;

/** The C library that Node itself runs on, without a compiler; undefined where it cannot be had. */
export async function openLibc(): Promise<Libc | undefined> {
  if (!KNOWN.includes(`${process.platform} ${process.arch}`)) return undefined;
  try {
    const { default: koffi } = await import('koffi');
    const library = koffi.load(null);
    const calls = Object.entries(DECLARATIONS).map(([name, declaration]) => [
      name,
      library.func(declaration),
    ]);
    return {
      ...Object.fromEntries(calls),
      addressOf: (memory: Uint8Array | Uint32Array) => koffi.address(memory),
      errorName: () => getSystemErrorName(-koffi.errno()),
    };
  } catch {
    return undefined;
  }
}
