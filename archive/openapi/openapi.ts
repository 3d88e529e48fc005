import { z } from 'zod';
import { errorBodySchema, errors } from '#protocol/errors.ts';
import { methodOf, pathOf, type Route } from '#protocol/http/route.ts';
import { routes } from '#protocol/http/table.ts';

type Json = Record<string, unknown>;

/** A route with its place, as the document and the readable page need it. */
export interface Operation {
  method: string;
  /** With its parameters as `{name}`. */
  path: string;
  parameters: readonly string[];
  route: Route;
}

/** In the order of the table. */
export const operations: Operation[] = Object.entries<Route>(routes).map(([name, route]) => ({
  method: methodOf(name),
  path: pathOf(name).replaceAll(/:(\w+)/g, '{$1}'),
  parameters: [...name.matchAll(/:(\w+)/g)].map(([, param = '']) => param),
  route,
}));

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
        bearer: { type: 'http', scheme: 'bearer', description: 'A host key.' },
      },
      schemas: { Failure: jsonSchemaOf(z.object({ error: errorBodySchema }), 'output') },
    },
  };
}

function describe({ method, parameters, path, route }: Operation): Json {
  const query = Object.entries(route.query?.shape ?? {});
  return {
    operationId: `${method.toLowerCase()}${path.replaceAll(/[/{}.-]+(\w?)/g, (_all, first: string) => first.toUpperCase())}`,
    summary: route.words,
    security: route.who.includes('anonymous')
      ? []
      : route.who.map((role) => ({ [role === 'admin' ? 'session' : 'bearer']: [] })),
    parameters: [
      ...parameters.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } })),
      ...query.map(([name, schema]) => ({
        name,
        in: 'query',
        schema: jsonSchemaOf(schema as z.ZodType, 'input'),
      })),
    ],
    ...(route.body && {
      requestBody: {
        required: !route.body.safeParse(undefined).success,
        content: { 'application/json': { schema: jsonSchemaOf(route.body, 'input') } },
      },
    }),
    responses: {
      [route.status ?? 200]: { description: 'Done.', content: contentOf(route.result) },
      default: {
        description: `A failure; its code is one of ${Object.keys(errors).length} listed in the schema.`,
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Failure' } } },
      },
    },
  };
}

function contentOf(result: Route['result']): Json {
  if (typeof result !== 'string') return { 'application/json': { schema: jsonSchemaOf(result, 'output') } };
  return { [result]: { schema: { type: 'string', format: 'binary' } } };
}
