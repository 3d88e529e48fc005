import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { openTestArchive } from '../testing/open-test-archive.ts';
import { openApiDocument, operations } from './openapi.ts';
import { apiPage } from './page.ts';
import schema from './testing/openapi-3.1.schema.json' with { type: 'json' };

type Described = {
  operationId: string;
  parameters: { name: string; in: string }[];
  requestBody?: { content: Record<string, { schema: { properties?: object } }> };
  responses: Record<string, { content: Record<string, { schema: { properties?: object } }> }>;
};

const described = (path: string, method: string) =>
  (openApiDocument().paths as Record<string, Record<string, Described>>)[path]?.[method] as Described;

test('the document is OpenAPI, and served', async () => {
  const archive = await openTestArchive();
  const served = (await archive.server.inject({ url: '/api/openapi.json' })).json();
  // The schema of the OpenAPI Initiative; the formats that it names are notes here.
  const isValid = new Ajv2020({ strict: false, validateFormats: false }).compile(schema);
  expect([isValid(served), isValid.errors]).toEqual([true, null]);
  expect(served).toEqual(JSON.parse(JSON.stringify(openApiDocument())));
});

test('every route is described, under a name of its own', () => {
  const ids = operations.map(({ method, path }) => described(path, method.toLowerCase()).operationId);
  expect(new Set(ids).size).toBe(operations.length);
  expect(ids).toContain('getApiRecordingsIdFilesName');
});

test('parameters, bodies and answers come from the schemas', () => {
  const list = described('/api/recordings', 'get');
  expect(list.parameters.map(({ in: place, name }) => `${place} ${name}`)).toEqual(
    expect.arrayContaining(['query query', 'query sort', 'query cursor']),
  );
  expect(Object.keys(list.responses['200']?.content['application/json']?.schema.properties ?? {})).toEqual([
    'recordings',
    'cursor',
  ]);
  const share = described('/api/recordings/{id}/shares', 'post');
  const body = share.requestBody?.content['application/json']?.schema.properties ?? {};
  expect(Object.keys(body)).toEqual(['expiresInHours', 'file', 'password', 'download', 'label']);
  expect(Object.keys(described('/api/recordings/{id}/zip', 'get').responses['200']?.content ?? {})).toEqual([
    'application/zip',
  ]);
});

test('the page for people has every route and no script', async () => {
  const archive = await openTestArchive();
  const answer = await archive.server.inject({ url: '/api/docs' });
  expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
  expect(answer.body).toBe(apiPage());
  for (const { path } of operations) expect(answer.body).toContain(`<code>${path}</code>`);
  expect(answer.body).not.toContain('<script');
});
