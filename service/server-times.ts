/**
 * How long a server waits for somebody who says nothing (Node's own limits are longer, or none). They are about what comes
 * in: an answer may take as long as it takes, and a WebSocket is past them.
 */
export const serverTimes = {
  /** A connection without a whole head of a request by then is closed. */
  headersTimeout: 15_000,
  /** The head and the body, at most 256 kB. */
  requestTimeout: 30_000,
  /** Between two requests; pages ask more often. */
  keepAliveTimeout: 30_000,
  connectionsCheckingInterval: 5000,
};
