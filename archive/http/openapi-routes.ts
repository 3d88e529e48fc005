import type { FastifyInstance } from 'fastify';
import { openApiDocument } from '../openapi/openapi.ts';
import { apiPage } from '../openapi/page.ts';
import type { HttpContext } from './context.ts';
import { addRoute } from './route.ts';

/** The API's own description. */
export function addOpenApiRoutes(app: FastifyInstance, context: HttpContext): void {
  addRoute(app, context, 'GET /api/openapi.json', { handle: () => openApiDocument() });

  addRoute(app, context, 'GET /api/docs', {
    handle: (_request, reply) => {
      reply.type('text/html; charset=utf-8');
      return apiPage();
    },
  });
}
