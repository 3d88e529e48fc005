export interface FiguresWanted {
  soak: 'figures';
}

/** What only the process itself knows. */
export interface OwnFigures {
  soak: 'own-figures';
  /** After a full garbage collection. */
  heapBytes: number;
  /** Timers that are pending. */
  timers: number;
  /** Everything else that keeps an event loop alive: sockets, servers, pipes, child processes, requests under way. */
  handles: number;
}
