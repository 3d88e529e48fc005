/**
 * What Node is to be started with for a recorder. V8 counts the bytes of every buffer towards the limit of the old generation:
 * those that outlive the young one fill it, dead or not, and each time it is full everything is looked at. So what waits is copied
 * (`bytes/held-bytes.ts`, `storage/waiting-bytes.ts`), datagrams share small blocks (`ingest/datagram-batch.ts`), the limit takes
 * many seconds to reach, and the young generation is small, swept often, and stays in the processor's caches. The little that there is
 * to collect is not worth the threads that V8 would wake for it.
 */
export const RECORDER_NODE_FLAGS = [
  '--initial-heap-size=48',
  '--max-semi-space-size=2',
  '--single-threaded-gc',
] as const;
