import type { z } from 'zod';
import { descriptionRoutes } from '#protocol/http/table.ts';
import { feature } from '../http/route.ts';
import { jsonSchemaOf, type Operation, openApiDocument, operations } from './openapi.ts';

const STYLE = `:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
body{max-width:60rem;margin:2rem auto;padding:0 1rem}
details{border:1px solid #8886;border-radius:.5rem;margin:.5rem 0;padding:.5rem 1rem}
summary{cursor:pointer}
code{font:.9em ui-monospace,monospace}
.method{display:inline-block;min-width:4.5rem;font-weight:700}
.roles{opacity:.75;font-size:.875rem}
pre{overflow:auto;background:#8881;padding:.75rem;border-radius:.5rem}
h3{margin:.75rem 0 .25rem;font-size:1rem}`;

const escapeHtml = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** The API's own description. */
export const descriptionFeature = feature(descriptionRoutes, {
  'GET /api/openapi.json': () => openApiDocument(),

  'GET /api/docs': ({ reply }) => {
    reply.type('text/html; charset=utf-8');
    return apiPage();
  },
});

/** The same description for people: one page, without scripts. */
export function apiPage(): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Verbatim: HTTP API</title>
<style>${STYLE}</style>
<h1>HTTP API</h1>
<p>Bodies are JSON. Every failure is <code>{"error": {"code", "message"}}</code>. Programs read
<a href="/api/openapi.json">openapi.json</a>.</p>
${operations.map(section).join('\n')}
</html>
`;
}

function section({ method, path, route }: Operation): string {
  const who = route.who.includes('anonymous') ? 'everybody' : route.who.join(', ');
  const parts = [
    route.query && schemaBlock('Query', route.query, 'input'),
    route.body && schemaBlock('Body', route.body, 'input'),
    typeof route.result === 'string'
      ? `<h3>Answer</h3><p><code>${escapeHtml(route.result)}</code></p>`
      : schemaBlock('Answer', route.result, 'output'),
  ];
  return `<details><summary><span class="method">${method}</span> <code>${escapeHtml(path)}</code><br>
${escapeHtml(route.words)} <span class="roles">${who}</span></summary>
${parts.filter(Boolean).join('\n')}</details>`;
}

function schemaBlock(title: string, schema: z.ZodType, io: 'input' | 'output'): string {
  return `<h3>${title}</h3><pre>${escapeHtml(JSON.stringify(jsonSchemaOf(schema, io), undefined, 2))}</pre>`;
}
