/**
 * What Node is to be started with for a recorder. Every datagram is a buffer of its own, dead within a fifth of a second, and
 * V8 counts its bytes towards the limit of the old generation, dead or not: with sixty people that limit, small by default,
 * is reached four times a second, and half of the recorder's time goes into collections that find nothing. Hence a limit that
 * takes many seconds to reach; and a small young generation, which is swept often and stays in the processor's caches.
 */
export const RECORDER_NODE_FLAGS = ['--initial-heap-size=48', '--max-semi-space-size=2'] as const;
