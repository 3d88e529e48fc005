import type { Page } from 'playwright-core';
import { until } from './wait.ts';

interface WithConnections extends Window {
  connections: RTCPeerConnection[];
}

/** Runs in the page before its own scripts: remembers every connection, to look at what comes over it. */
export function rememberConnections(): void {
  const connections: RTCPeerConnection[] = [];
  const Original = window.RTCPeerConnection;
  (window as unknown as WithConnections).connections = connections;
  window.RTCPeerConnection = class extends Original {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      connections.push(this);
    }
  };
}

/** Frames received so far of every video of the page, by the id of its track. Needs `rememberConnections`. */
async function framesReceived(page: Page): Promise<Record<string, number>> {
  return page.evaluate(async () => {
    const frames: Record<string, number> = {};
    for (const connection of (window as unknown as WithConnections).connections) {
      if (connection.connectionState === 'closed') continue;
      for (const entry of (await connection.getStats()).values()) {
        if (entry.type === 'inbound-rtp' && entry.kind === 'video') {
          frames[entry.trackIdentifier] = entry.framesReceived ?? 0;
        }
      }
    }
    return frames;
  });
}

/** Waits until exactly so many videos go on coming, and every other one has stopped; or until at least so many come. */
export async function untilReceives(
  page: Page,
  count: number | { atLeast: number },
  limitMs = 30_000,
): Promise<void> {
  const isRight = (flowing: number): boolean =>
    typeof count === 'number' ? flowing === count : flowing >= count.atLeast;
  let before = await framesReceived(page);
  await until(
    `${JSON.stringify(count)} videos are received`,
    async () => {
      const now = await framesReceived(page);
      const flowing = Object.entries(now).filter(([id, frames]) => frames > (before[id] ?? frames));
      before = now;
      return isRight(flowing.length) || undefined;
    },
    limitMs,
    // Some frames of the slowest picture.
    1000,
  );
}

/** How wide each layer is that the page encodes now, in ascending order. Needs `rememberConnections`. */
export async function widthsSent(page: Page): Promise<number[]> {
  return page.evaluate(async () => {
    const widths: number[] = [];
    for (const connection of (window as unknown as WithConnections).connections) {
      for (const entry of (await connection.getStats()).values()) {
        const isSent = entry.type === 'outbound-rtp' && entry.kind === 'video' && entry.framesSent > 0;
        if (isSent) widths.push(entry.frameWidth);
      }
    }
    return widths.sort((a, b) => a - b);
  });
}

/** In which codecs the page sends pictures now, such as `video/VP8`, each once. Needs `rememberConnections`. */
export async function videoCodecsSent(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const codecs = new Set<string>();
    for (const connection of (window as unknown as WithConnections).connections) {
      const stats = await connection.getStats();
      for (const entry of stats.values()) {
        const isSent = entry.type === 'outbound-rtp' && entry.kind === 'video' && entry.framesSent > 0;
        if (isSent) codecs.add(stats.get(entry.codecId)?.mimeType);
      }
    }
    return [...codecs];
  });
}

/** Packets of sound that have come, and that have not (RFC 3550 §6.4.1). Needs `rememberConnections`. */
export async function soundReceived(page: Page): Promise<{ packets: number; lost: number }> {
  return page.evaluate(async () => {
    const sum = { packets: 0, lost: 0 };
    for (const connection of (window as unknown as WithConnections).connections) {
      for (const entry of (await connection.getStats()).values()) {
        if (entry.type !== 'inbound-rtp' || entry.kind !== 'audio') continue;
        sum.packets += entry.packetsReceived;
        sum.lost += entry.packetsLost;
      }
    }
    return sum;
  });
}
