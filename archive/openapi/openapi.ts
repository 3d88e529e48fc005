import { z } from 'zod';
import { errorBodySchema, errors } from '#protocol/errors.ts';
import { type AccessRole, type RouteName, routeAccess } from '../access/table.ts';
import { type RouteFacts, routeFacts } from './route-facts.ts';

type Json = Record<string, unknown>;

/** One operation with its place, as the document and the readable page need it. */
export interface Operation {
  method: string;
  path: string;
  facts: RouteFacts;
  roles: readonly AccessRole[];
  parameters: readonly string[];
}

/** The routes in the order of the access table. */
export const operations: Operation[] = (Object.keys(routeAccess) as RouteName[]).map((route) => {
  const [method = '', url = ''] = route.split(' ');
  return {
    method,
    path: url.replaceAll(/:(\w+)/g, '{$1}'),
    facts: routeFacts[route],
    roles: routeAccess[route],
    parameters: [...url.matchAll(/:(\w+)/g)].map(([, name = '']) => name),
  };
});

/** @param io whether it is what goes in, where defaults may be left out, or what comes out */
export function jsonSchemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Json;
  return rest;
}

/** The OpenAPI 3.1 description of the API, generated from the schemas that parse it. */
export function openApiDocument(): Json {
  const paths: Record<string, Json> = {};
  for (const operation of operations) {
    paths[operation.path] = {
      ...paths[operation.path],
      [operation.method.toLowerCase()]: describe(operation),
    };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Verbatim',
      version: '1',
      description: 'Find, watch, share, export and keep the recordings of meetings.',
    },
    paths,
    components: {
      securitySchemes: {
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'verbatim_session',
          description: 'An admin’s session.',
        },
        bearer: { type: 'http', scheme: 'bearer', description: 'A host key, or the recorders’ token.' },
      },
      schemas: { Failure: jsonSchemaOf(z.object({ error: errorBodySchema }), 'output') },
    },
  };
}

function describe({ facts, method, parameters, path, roles }: Operation): Json {
  const query = facts.query ? Object.entries(facts.query.shape) : [];
  return {
    operationId: `${method.toLowerCase()}${path.replaceAll(/[/{}.-]+(\w?)/g, (_all, first: string) => first.toUpperCase())}`,
    summary: facts.summary,
    security: roles.includes('anonymous')
      ? []
      : roles.includes('admin')
        ? [{ session: [] }, { bearer: [] }]
        : [{ bearer: [] }],
    parameters: [
      ...parameters.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } })),
      ...query.map(([name, schema]) => ({
        name,
        in: 'query',
        schema: jsonSchemaOf(schema as z.ZodType, 'input'),
      })),
    ],
    ...(facts.body && {
      requestBody: {
        required: true,
        content: { 'application/json': { schema: jsonSchemaOf(facts.body, 'input') } },
      },
    }),
    responses: {
      [facts.status ?? 200]: { description: 'Done.', content: contentOf(facts.result) },
      default: {
        description: `A failure; its code is one of ${Object.keys(errors).length} listed in the schema.`,
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Failure' } } },
      },
    },
  };
}

function contentOf(result: RouteFacts['result']): Json {
  if (typeof result !== 'string') return { 'application/json': { schema: jsonSchemaOf(result, 'output') } };
  return { [result]: { schema: { type: 'string', format: 'binary' } } };
}
