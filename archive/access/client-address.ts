import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import proxyAddr from '@fastify/proxy-addr';
import { plainAddress } from '#service/network-address.ts';

/** What TRUST_PROXY says: so many hops, or these addresses and networks. */
export type TrustProxy = number | readonly string[];
/** Whether this peer (hop 0) or what stands before it is a proxy whose word is taken. */
export type Trust = (address: string, hop: number) => boolean;

/** Without a value nobody is trusted. @throws TypeError for what is no address */
export function trustOf(trustProxy: TrustProxy | undefined): Trust {
  if (trustProxy === undefined) return () => false;
  if (typeof trustProxy === 'number') return (_address, hop) => hop < trustProxy;
  return proxyAddr.compile([...trustProxy]);
}

/** Whose request it is: the last address that no trusted proxy has; the peer's where a proxy told nonsense. */
export function clientAddress(request: IncomingMessage, trust: Trust): string {
  const told = plainAddress(proxyAddr(request, trust) ?? '');
  return isIP(told) ? told : plainAddress(request.socket.remoteAddress ?? '');
}
