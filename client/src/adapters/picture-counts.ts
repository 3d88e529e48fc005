import type { PictureCounts } from '../session/ports/media.ts';

/** The identifiers of webrtc-stats that are read here; other entries have others. */
type Entry = RTCStats & {
  kind?: string;
  frames?: number;
  framesEncoded?: number;
  packetsReceived?: number;
  responsesReceived?: number;
};

/** Of what one sender of pictures tells (W3C webrtc-stats); undefined where the browser leaves one of them out. */
export function pictureCounts(stats: { values(): Iterable<Entry> }): PictureCounts | undefined {
  const entries = [...stats.values()];
  const sum = (values: readonly (number | undefined)[]): number | undefined => {
    const told = values.filter((value) => value !== undefined);
    return told.length > 0 ? told.reduce((whole, value) => whole + value, 0) : undefined;
  };
  const ofVideo = (type: string) => entries.filter((entry) => entry.type === type && entry.kind === 'video');
  const given = sum(ofVideo('media-source').map(({ frames }) => frames));
  const encoded = sum(ofVideo('outbound-rtp').map(({ framesEncoded }) => framesEncoded));
  const heard = sum(
    entries.flatMap(({ packetsReceived, responsesReceived, type }) => {
      if (type === 'transport') return [packetsReceived];
      return type === 'candidate-pair' ? [responsesReceived] : [];
    }),
  );
  if (given === undefined || encoded === undefined || heard === undefined) return undefined;
  return { given, encoded, heard };
}
