import type { IncomingHttpHeaders } from 'node:http';

/** What browsers say of requests from our own pages, and of what a person typed or clicked outside of any page. */
const OWN_SITES = ['same-origin', 'none'];

/**
 * Whether another site's page made a browser send this. Browsers say where a request comes from in headers that no page can
 * change: `Sec-Fetch-Site`, over HTTPS and to this machine, and `Origin`, with everything but GET and with every WebSocket. Who
 * sends neither is a program, not a browser with somebody's cookies.
 * @param publicOrigin of PUBLIC_URL, where a proxy may ask us by another name
 */
export function isFromAnotherSite(headers: IncomingHttpHeaders, publicOrigin: string | undefined): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return !OWN_SITES.includes(String(site));
  const { host, origin } = headers;
  if (origin === undefined || origin === publicOrigin) return false;
  if (!URL.canParse(origin)) return true;
  const { host: from, protocol } = new URL(origin);
  // Read as the same kind of address, since some proxies name the port that goes without saying.
  const own = `${protocol}//${host}`;
  return !URL.canParse(own) || new URL(own).host !== from;
}

const READING = ['GET', 'HEAD', 'OPTIONS'];

/** Whether it may change something; signalling does from its first request on. */
export function changesSomething(method: string, url: string): boolean {
  return !READING.includes(method) || url.startsWith('/socket.io/');
}
