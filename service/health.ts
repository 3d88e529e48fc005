import { createServer, type Server } from 'node:http';
import type { Registry } from 'prom-client';
import { Fault } from '#protocol/errors.ts';
import { serverTimes } from './server-times.ts';

/** Of those who watch a process; people never come here. */
const MAX_HEALTH_CONNECTIONS = 100;

/** What `/healthz` answers: `ok` false makes it a 503. */
export type HealthReport = { ok: boolean } & Record<string, unknown>;

/** Answers `GET /healthz` and `GET /metrics` on one request; undefined when it is for neither. */
export async function answerHealth(
  path: string,
  health: () => HealthReport,
  metrics: Registry,
): Promise<{ status: number; type: string; body: string } | undefined> {
  if (path === '/healthz') {
    const report = health();
    return { status: report.ok ? 200 : 503, type: 'application/json', body: `${JSON.stringify(report)}\n` };
  }
  if (path === '/metrics') return { status: 200, type: metrics.contentType, body: await metrics.metrics() };
  return undefined;
}

/** An HTTP server for a process that has no other. @throws Fault `port-busy` */
export async function openHealthServer(options: {
  host: string;
  port: number;
  health: () => HealthReport;
  metrics: Registry;
}): Promise<Server> {
  const server = createServer(serverTimes, async (request, response) => {
    const answer = await answerHealth(request.url ?? '/', options.health, options.metrics);
    response.writeHead(answer?.status ?? 404, { 'content-type': answer?.type ?? 'text/plain' });
    response.end(answer?.body ?? 'Not found\n');
  });
  server.maxConnections = MAX_HEALTH_CONNECTIONS;
  await listen(server, options.host, options.port);
  return server;
}

/** Resolves once the server listens. @throws Fault `port-busy` that names the port and the way out. */
export function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const busy = cause.code === 'EADDRINUSE';
      const words = `Port ${port} on ${host} is already in use. Stop the other program, or choose another port in .env.`;
      reject(busy ? new Fault('port-busy', words, { cause }) : cause);
    });
    server.listen(port, host, resolve);
  });
}
