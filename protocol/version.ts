/** Version of every message between the processes; both ends of a connection must name the same one. */
export const PROTOCOL_VERSION = 3;
