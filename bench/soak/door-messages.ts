/** What the soak asks the media server's process: a plain door for this transport. */
export interface DoorWanted {
  soak: 'door';
  transportId: string;
}

/** The answer: where plain RTP of that transport's producers goes. Without a port there is no such transport any more. */
export interface DoorOpened {
  soak: 'door-opened';
  transportId: string;
  port: number | undefined;
}
