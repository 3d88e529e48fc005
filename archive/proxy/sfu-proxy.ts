import {
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as requestHttp,
  type ServerResponse,
} from 'node:http';
import { request as requestHttps } from 'node:https';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Fault } from '#protocol/errors.ts';
import { FRONT_DOOR_HEADER } from '#protocol/token-proof.ts';
import type { Log } from '#service/log.ts';

export const SIGNALLING_PATH = '/socket.io';
/** WebSockets through this process at once. */
export const MAX_TUNNELS = 10_000;
/**
 * A tunnel through which nothing goes either way for so long is ended: the SFU says something every 5 s. Of a browser that
 * does not read nothing else tells us that the SFU has given it up, since what waits for it stands before that.
 */
export const TUNNEL_IDLE_MS = 60_000;

/** Credentials for this process, and headers that belong to one hop only (RFC 9110 §7.6.1). */
const NOT_PASSED_ON = [
  'cookie',
  'authorization',
  'connection',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
  'te',
];

/**
 * Passes socket.io through to the SFU, so that the browser sees one origin. Nothing is kept from one request to the
 * next: an SFU that was restarted is simply reached again.
 */
export class SfuProxy {
  readonly #target: URL;
  readonly #log: Log;
  readonly #vouch: (incoming: IncomingMessage) => Record<string, string>;
  readonly #tunnels = new Set<Duplex>();
  readonly #idleMs: number;

  /** @param options.vouch headers that tell the SFU whose request it is, in place of what the client says */
  constructor(options: {
    target: string;
    log: Log;
    vouch(incoming: IncomingMessage): Record<string, string>;
    idleMs?: number;
  }) {
    this.#target = new URL(options.target);
    this.#log = options.log;
    this.#vouch = options.vouch;
    this.#idleMs = options.idleMs ?? TUNNEL_IDLE_MS;
  }

  get tunnels(): number {
    return this.#tunnels.size;
  }

  /** One HTTP request of the polling transport. @throws Fault `sfu-unreachable` */
  forward(incoming: IncomingMessage, answer: ServerResponse): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const outgoing = this.#request(incoming, {});
      outgoing.once('response', resolve);
      outgoing.once('error', (cause) => reject(new Fault('sfu-unreachable', undefined, { cause })));
      // Who polls holds the request open for long; when they leave, the SFU must learn of it.
      answer.once('close', () => outgoing.destroy());
      // Node would send the body of a GET as it comes, without its length: to the SFU those bytes were another request.
      if (incoming.method === 'POST') incoming.pipe(outgoing);
      else outgoing.end();
    });
  }

  /** One WebSocket: a tunnel from the browser's connection to a new one to the SFU. */
  tunnel(incoming: IncomingMessage, browser: Duplex, head: Buffer): void {
    browser.on('error', (cause) => this.#log.debug('tunnel-broken', { cause: cause.message }));
    const refusal = this.#refusal(incoming);
    if (refusal) {
      refuse(browser, refusal);
      return;
    }
    this.#tunnels.add(browser);
    browser.once('close', () => this.#tunnels.delete(browser));
    if (browser instanceof Socket) browser.setTimeout(this.#idleMs, () => browser.destroy());

    const outgoing = this.#request(incoming, { connection: 'Upgrade', upgrade: 'websocket' });
    browser.once('close', () => outgoing.destroy());
    outgoing.once('error', (cause) => refuse(browser, new Fault('sfu-unreachable', undefined, { cause })));
    outgoing.once('response', (response) => {
      browser.write(headOf(response, { connection: 'close' }));
      response.pipe(browser);
    });
    outgoing.once('upgrade', (response, sfu: Duplex, sfuHead) => {
      sfu.on('error', (cause) => this.#log.debug('tunnel-broken', { cause: cause.message }));
      browser.write(headOf(response, { connection: 'Upgrade', upgrade: 'websocket' }));
      if (sfuHead.length > 0) browser.write(sfuHead);
      if (head.length > 0) sfu.write(head);
      browser.once('close', () => sfu.destroy());
      sfu.once('close', () => browser.destroy());
      sfu.pipe(browser);
      browser.pipe(sfu);
    });
    outgoing.end();
  }

  /** Ends every tunnel. */
  close(): void {
    for (const tunnel of this.#tunnels) tunnel.destroy();
  }

  #refusal(incoming: IncomingMessage): Fault | undefined {
    if (!isSignalling(incoming.url)) return new Fault('not-found');
    return this.#tunnels.size >= MAX_TUNNELS ? new Fault('rate-limited') : undefined;
  }

  #request(incoming: IncomingMessage, extra: Record<string, string>) {
    const request = this.#target.protocol === 'https:' ? requestHttps : requestHttp;
    return request({
      hostname: this.#target.hostname,
      port: this.#target.port,
      method: incoming.method,
      path: incoming.url,
      agent: false,
      headers: {
        ...passedOn(incoming.headers),
        // Recorders have a door of their own: what comes in here is told apart by it, whatever the browser sent.
        [FRONT_DOOR_HEADER]: '1',
        host: this.#target.host,
        ...this.#vouch(incoming),
        ...extra,
      },
    });
  }
}

/** Whether this address belongs to the SFU. */
function isSignalling(url: string | undefined): boolean {
  return url?.startsWith(`${SIGNALLING_PATH}/`) ?? false;
}

/** The headers that go on to the next hop. */
export function passedOn(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !NOT_PASSED_ON.includes(name)));
}

function headOf(response: IncomingMessage, extra: Record<string, string>): string {
  const headers = Object.entries({ ...passedOn(response.headers), ...extra });
  const lines = headers.flatMap(([name, value]) => [value ?? []].flat().map((one) => `${name}: ${one}`));
  return `HTTP/1.1 ${response.statusCode} ${response.statusMessage}\r\n${lines.join('\r\n')}\r\n\r\n`;
}

/** Answers an upgrade with a failure. */
export function refuse(browser: Duplex, fault: Fault): void {
  const body = JSON.stringify({ error: fault.toBody() });
  const lines = [
    `HTTP/1.1 ${fault.status} Refused`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  // No timer of the server watches it any more, so it is not left to the browser when it closes.
  browser.end(`${lines.join('\r\n')}\r\n\r\n${body}`, () => browser.destroy());
}
