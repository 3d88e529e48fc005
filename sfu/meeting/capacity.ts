import { NetworkShares } from '../room/network-shares.ts';

/** How much of a server one network may hold. */
export interface CapacityOptions {
  maxSockets: number;
  maxRooms: number;
  maxRecorded: number;
}

/** In the waiting room of one meeting, people of one network. */
export const MAX_WAITING_PER_NETWORK = 20;

/** What is shared out among networks, so that none of them can hold all of it. */
export class Capacity {
  readonly sockets: NetworkShares;
  /** Meetings by whoever was the first to enter them. */
  readonly rooms: NetworkShares;
  readonly recorded: NetworkShares;

  constructor({ maxRecorded, maxRooms, maxSockets }: CapacityOptions) {
    this.sockets = new NetworkShares(
      maxSockets,
      'Too many pages of your network are connected. Close some, or have MAX_SOCKETS_PER_ADDRESS raised.',
    );
    this.rooms = new NetworkShares(
      maxRooms,
      'Your network holds too many meetings at once. End one, or have MAX_ROOMS_PER_ADDRESS raised.',
    );
    this.recorded = new NetworkShares(
      maxRecorded,
      'Too many people of one network are recorded at once. Have MAX_RECORDED_PER_ADDRESS raised.',
    );
  }
}
