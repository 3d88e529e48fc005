import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server, type Socket } from 'socket.io';
import type {
  RecorderCommandName,
  RecorderCommandParams,
  RecorderCommandResult,
} from '#protocol/recorder.ts';
import { checkHandshake, requireProof } from '#sfu/signalling/recorder-admission.ts';

/** The SFU's side of a recorder's connection, without a meeting behind it: gives commands, answers heartbeats. */
export class RecorderHost {
  readonly #http = createServer();
  readonly #io = new Server(this.#http);
  readonly #connected: Promise<Socket>;

  constructor(token: string) {
    this.#connected = new Promise((resolve) => {
      this.#io.of('/recorder').on('connection', async (socket) => {
        socket.emit('welcome', await requireProof(socket, checkHandshake(socket.handshake), token));
        socket.on('heartbeat', (_: unknown, answer: (reply: object) => void) => {
          answer({ ok: true, sfuNowMs: performance.timeOrigin + performance.now() });
        });
        resolve(socket);
      });
    });
  }

  /** Answers its address. */
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#http.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}`;
  }

  /** Resolves once a recorder is there. */
  async connected(): Promise<void> {
    await this.#connected;
  }

  /** @throws Error with the recorder's words when it refuses */
  async command<N extends RecorderCommandName>(
    name: N,
    params: RecorderCommandParams<N>,
  ): Promise<RecorderCommandResult<N>> {
    const socket = await this.#connected;
    const { ok, error, ...result } = await socket.timeout(30_000).emitWithAck(name, params);
    if (!ok) throw new Error(`${name}: ${error.message}`);
    return result;
  }

  async close(): Promise<void> {
    await this.#io.close();
  }
}
