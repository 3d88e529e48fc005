import { parseSps } from '#recorder/depacketize/sps.ts';
import { box, fullBox, u16, u32, u32s, u64s } from './box.ts';
import type { SampleTable } from './sample-table.ts';

/** Of the movie and its pictures: milliseconds, as in the FLV. */
export const MOVIE_TIMESCALE = 1000;
const UNITY = u32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000);
/** `und`, as three letters of five bits. */
const LANGUAGE = 0x55c4;

export interface MovieTrack {
  kind: 'pictures' | 'sound';
  timescale: number;
  table: SampleTable;
  entries: readonly Buffer[];
  /** What its pictures are shown in; 0 for sound. */
  size: { width: number; height: number };
  /** So many samples before one are decoded before it is whole. */
  preRoll: number;
  /** Of its chunks, in the file. */
  offsets: readonly number[];
}

export const FILE_TYPE = box('ftyp', Buffer.from('isom'), u32(0x200), Buffer.from('isomiso2avc1mp41'));

/** With a size of 64 bits (§4.2). */
export const DATA_HEADER_BYTES = 16;

export function dataHeader(bytes: number): Buffer {
  return Buffer.concat([u32(1), Buffer.from('mdat'), u64s([DATA_HEADER_BYTES + bytes])]);
}

/** The index of a file (ISO/IEC 14496-12 §8.2). Its length depends on no offset. */
export function movieBox(tracks: readonly MovieTrack[]): Buffer {
  const durationMs = Math.max(0, ...tracks.map(endMs));
  const header = fullBox(
    'mvhd',
    0,
    0,
    u32(0, 0, MOVIE_TIMESCALE, durationMs, 0x10000),
    u16(0x100, 0),
    u32(0, 0),
    UNITY,
    u32(0, 0, 0, 0, 0, 0, tracks.length + 1),
  );
  return box('moov', header, ...tracks.map((track, index) => trackBox(track, index + 1)));
}

const toMs = (ticks: number, { timescale }: MovieTrack) => Math.round((ticks * MOVIE_TIMESCALE) / timescale);
const endMs = (track: MovieTrack) => toMs(track.table.endTicks, track);

function trackBox(track: MovieTrack, id: number): Buffer {
  const { entries, kind, offsets, preRoll, size, table, timescale } = track;
  const isSound = kind === 'sound';
  const header = fullBox(
    'tkhd',
    0,
    3,
    u32(0, 0, id, 0, endMs(track), 0, 0),
    u16(0, isSound ? 1 : 0, isSound ? 0x100 : 0, 0),
    UNITY,
    u32(size.width * 0x10000, size.height * 0x10000),
  );
  const [handler, name] = isSound ? ['soun', 'Sound'] : ['vide', 'Pictures'];
  const media = box(
    'mdia',
    fullBox(
      'mdhd',
      1,
      0,
      u64s([0, 0]),
      u32(timescale),
      u64s([table.endTicks - table.startTicks]),
      u16(LANGUAGE, 0),
    ),
    fullBox('hdlr', 0, 0, u32(0), Buffer.from(`${handler}\0\0\0\0\0\0\0\0\0\0\0\0${name}\0`)),
    box(
      'minf',
      isSound ? fullBox('smhd', 0, 0, u32(0)) : fullBox('vmhd', 0, 1, u32(0, 0)),
      box('dinf', fullBox('dref', 0, 0, u32(1), fullBox('url ', 0, 1))),
      box(
        'stbl',
        fullBox('stsd', 0, 0, u32(entries.length), ...entries),
        ...table.boxes(offsets, !isSound, preRoll),
      ),
    ),
  );
  return box('trak', header, ...editsOf(track), media);
}

/** A track that begins later than the movie says so by an empty edit (§8.6.6); media_time -1 is nothing. */
function editsOf(track: MovieTrack): Buffer[] {
  const startMs = toMs(track.table.startTicks, track);
  if (startMs === 0) return [];
  const edits = [startMs, 0xffffffff, 0x10000, endMs(track) - startMs, 0, 0x10000];
  return [box('edts', fullBox('elst', 0, 0, u32(edits.length / 3), u32s(edits)))];
}

export function sizeOf(sps: Buffer | undefined): { width: number; height: number } {
  const { height, width } = parseSps(sps ?? Buffer.alloc(0));
  return { width, height };
}
