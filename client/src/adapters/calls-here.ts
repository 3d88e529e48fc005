const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/**
 * Whether this browser carries calls to where the page came from. Firefox leaves the loopback interface out of its ICE
 * candidates and pairs the others with no address of it: a server that serves its own machine alone, without HTTPS, is out
 * of its reach.
 */
export function carriesCallsHere(
  { hostname, protocol }: Pick<Location, 'hostname' | 'protocol'>,
  userAgent: string,
): boolean {
  return !(protocol === 'http:' && LOOPBACK.test(hostname) && /\bFirefox\//.test(userAgent));
}
