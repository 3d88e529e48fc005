import type { RequestName, RequestParams, RequestResult } from '#protocol/signalling.ts';

/** What answers each request of one participant. */
export type Handlers = {
  [N in RequestName]: (params: RequestParams<N>) => RequestResult<N> | Promise<RequestResult<N>>;
};
