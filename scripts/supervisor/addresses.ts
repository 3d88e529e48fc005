import type { NetworkInterfaceInfo } from 'node:os';
import type { Environment } from './environment.ts';

const EVERYWHERE: Record<string, string> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

const origin = (scheme: string, host: string, port: number): string =>
  `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`;

const schemeOf = (config: { TLS_CERT?: string | undefined }): string => (config.TLS_CERT ? 'https' : 'http');

/** The IPv4 addresses at which others on the network may reach this machine, in the system's order. */
export function lanAddresses(interfaces: NodeJS.Dict<NetworkInterfaceInfo[]>): string[] {
  return Object.values(interfaces)
    .flatMap((list) => list ?? [])
    .filter(
      ({ family, internal, address }) => family === 'IPv4' && !internal && !address.startsWith('169.254.'),
    )
    .map(({ address }) => address);
}

/** The addresses to print: what PUBLIC_URL says, else this machine's own, and on every address the network's. */
export function pageAddresses(config: {
  HOST: string;
  PORT: number;
  TLS_CERT?: string | undefined;
  PUBLIC_URL?: string | undefined;
  lan: readonly string[];
}): string[] {
  if (config.PUBLIC_URL) return [config.PUBLIC_URL];
  const hosts = config.HOST in EVERYWHERE ? ['localhost', ...config.lan] : [config.HOST];
  return hosts.map((host) => origin(schemeOf(config), host, config.PORT));
}

/** Where the processes that are started together find each other: where they listen, unless `env` says otherwise. */
export function ownUrls(
  env: Environment,
  config: { HOST: string; PORT: number; TLS_CERT?: string | undefined; SFU_HOST: string; SFU_PORT: number },
): { SFU_URL: string; ARCHIVE_URL: string } {
  const reach = (host: string): string => EVERYWHERE[host] ?? host;
  return {
    SFU_URL: env.SFU_URL || origin('http', reach(config.SFU_HOST), config.SFU_PORT),
    ARCHIVE_URL: env.ARCHIVE_URL || origin(schemeOf(config), reach(config.HOST), config.PORT),
  };
}
