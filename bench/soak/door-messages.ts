/** What the soak asks the media server's process: a plain door for this transport. */
export interface DoorWanted {
  soak: 'door';
  transportId: string;
  /** The local port to which all goes that is received on this transport; undefined: it is one to send on. */
  sink?: number;
}

/** The answer: where plain RTP of that transport's producers goes, or its consumers' comes from. Without a port there is no such transport any more. */
export interface DoorOpened {
  soak: 'door-opened';
  transportId: string;
  port: number | undefined;
}
