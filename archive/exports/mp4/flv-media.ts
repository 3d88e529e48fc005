import { parseAudioData } from '#recorder/flv/audio-data.ts';
import { type FlvSource, readFlvTags } from '#recorder/flv/flv-reader.ts';
import { TAG_TYPE } from '#recorder/flv/flv-tag.ts';
import { parseVideoData } from '#recorder/flv/video-data.ts';

/** What sound is decoded with: AAC by ISO/IEC 14496-3 §1.6.2.1, Opus at 48 kHz. */
export type SoundSettings =
  | { codec: 'aac'; objectType: number; frequencyIndex: number; channels: number }
  | { codec: 'opus'; channels: number };

/** The door to the recorder's formats: what an export needs to know of an FLV. Times are milliseconds. */
export type Media =
  | ({ type: 'sound-settings' } & SoundSettings)
  | { type: 'sound'; atMs: number; frame: Buffer }
  /** `sets`: the parameter sets that came with it, in the sequence header before it or in band; `nals`: all of it, in band. */
  | { type: 'pictures'; atMs: number; isKeyframe: boolean; sets: Buffer[]; nals: Buffer[] };

const NAL_TYPE = { sps: 7, pps: 8 };
const typeOf = (nal: Buffer) => (nal[0] ?? 0) & 0x1f;
export const isSps = (nal: Buffer): boolean => typeOf(nal) === NAL_TYPE.sps;
export const isParameterSet = (nal: Buffer): boolean => isSps(nal) || typeOf(nal) === NAL_TYPE.pps;

/** A file's media in its order, up to its last whole tag. @throws Malformed for what no recorder of ours writes */
export async function* readMedia(source: FlvSource): AsyncGenerator<Media & { end: number }> {
  let announced: Buffer[] = [];
  for await (const { data, end, timestampMs: atMs, type } of readFlvTags(source)) {
    if (type === TAG_TYPE.audio) {
      const sound = parseAudioData(data);
      if (sound.type === 'frame') yield { type: 'sound', atMs, frame: sound.frame, end };
      else if (sound.type === 'aac-config') yield { ...sound, type: 'sound-settings', codec: 'aac', end };
      else yield { ...sound, type: 'sound-settings', codec: 'opus', end };
    } else if (type === TAG_TYPE.video) {
      const video = parseVideoData(data);
      if (video.type === 'avc-config') announced = [...video.sps, ...video.pps];
      if (video.type !== 'avc-nalus') continue;
      const sets = [...announced, ...video.nals.filter(isParameterSet)];
      announced = [];
      yield { type: 'pictures', atMs, isKeyframe: video.keyframe, sets, nals: video.nals, end };
    }
  }
}
