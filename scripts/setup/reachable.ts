import { connect } from 'node:net';

const CONNECT_LIMIT_MS = 5000;

/**
 * Whether a server takes connections at all. Asked before a download whose own script would hang for minutes on a
 * closed network. With a proxy in the environment it is not ours to judge: the answer is yes.
 */
export function isReachable(
  url: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<boolean> {
  if (env.HTTPS_PROXY || env.https_proxy || env.HTTP_PROXY || env.http_proxy) return Promise.resolve(true);
  const { hostname, port, protocol } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port) || (protocol === 'http:' ? 80 : 443) });
    const answer = (yes: boolean): void => {
      socket.destroy();
      resolve(yes);
    };
    socket.setTimeout(CONNECT_LIMIT_MS, () => answer(false));
    socket.on('connect', () => answer(true)).on('error', () => answer(false));
  });
}
