import type { InjectOptions } from 'fastify';
import { signIn, type TestArchive } from './open-test-archive.ts';

export interface Answer {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into freely; schemas parse what counts.
  body: any;
  headers: Record<string, unknown>;
  raw: Buffer;
  cookie: string;
}
export type Ask = (method: InjectOptions['method'], url: string, payload?: object) => Promise<Answer>;

/** Asks the archive with these headers; the answer's body is parsed where it is JSON. */
export function asking(archive: TestArchive, headers: Record<string, string> = {}): Ask {
  return async (method, url, payload) => {
    const answer = await archive.server.inject({
      method: method ?? 'GET',
      url,
      headers,
      ...(payload && { payload }),
    });
    const json = String(answer.headers['content-type']).startsWith('application/json');
    return {
      status: answer.statusCode,
      body: json ? answer.json() : answer.body,
      headers: answer.headers,
      raw: answer.rawPayload,
      cookie: answer.cookies.map(({ name, value }) => `${name}=${value}`).join('; '),
    };
  };
}

export async function askingAsAdmin(archive: TestArchive): Promise<Ask> {
  return asking(archive, { cookie: await signIn(archive) });
}
