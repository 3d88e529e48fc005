import type { FileExportKind } from '#protocol/http/exports.ts';
import type { GapCause } from '#protocol/manifest.ts';
import type { AudioCodec } from '#protocol/people.ts';

/** Why nothing came, by the recorder's words for it. */
const causes: Record<string, string> = {
  starting: 'it was just beginning',
  keyframe: 'a first whole picture was waited for',
  stalled: 'nothing was sent',
  'system-muted': 'the person’s system had taken the device (a phone call, for instance)',
  late: 'came too late',
  lost: 'lost on the network',
  'disk-slow': 'the disk was too slow',
  'audio-worker-lost': 'the sound converter was restarted',
  'audio-worker-slow': 'the sound converter was too slow',
  'too-fast': 'more was sent than there was time for',
  'transcoder-lost': 'the picture converter was restarted',
  'transcoder-slow': 'the picture converter was too slow',
  'transcodes-full': 'no picture converter was free',
} satisfies Record<GapCause, string>;

/** Texts of a recording's page about its quality, its people and what was said. */
export const report = {
  watchAlone: 'Watch alone',
  make: {
    mp4: 'Make MP4',
    audio: 'Make M4A',
    'flv-aac': 'FLV for every player',
    'mp4-aac': 'MP4 for every player',
    'audio-aac': 'M4A for every player',
  } satisfies Record<FileExportKind, string>,
  save: {
    mp4: 'Save MP4',
    audio: 'Save M4A',
    'flv-aac': 'Save FLV for every player',
    'mp4-aac': 'Save MP4 for every player',
    'audio-aac': 'Save M4A for every player',
  } satisfies Record<FileExportKind, string>,
  /** Of a file that keeps Opus, beside MP4 for every player. */
  makeKept: 'MP4 as it was sent',
  keptSound:
    'Sound as it was sent (Opus): it plays here, in browsers and in ffmpeg 8. VLC, QuickTime and older programs want a file for every player.',
  perfect: 'No packet was lost, and nothing is missing.',
  noLoss: 'No packet was lost',
  losses: (packets: number, hop: 'uplink' | 'last' | 'unknown') =>
    `${packets === 1 ? '1 packet' : `${packets.toLocaleString('en')} packets`} lost ${
      { uplink: 'on the way to the server', last: 'between server and recorder', unknown: 'on the way' }[hop]
    }`,
  noGap: 'no gap',
  gaps: (count: number, seconds: string, causes: string) =>
    `${count === 1 ? '1 gap' : `${count} gaps`}, ${seconds} in all: ${causes}`,
  cause: (cause: string): string => causes[cause] ?? cause,
  seconds: (value: string) => `${value} s`,
  sync: (p50: string, p95: string) => `Sync within ${p50} ms for half of the time, ${p95} ms for 95 %`,
  noSync: 'Sync was not measured',
  drift: (ppm: string) => `clock off by ${ppm} ppm`,
  codecsName: 'Codecs',
  syncName: 'Sync',
  starts: 'Begins after',
  fileName: 'File name',
  sum: 'SHA-256 checksum',
  sumLater: 'is being calculated',
  codecs: (sound: AudioCodec, sampleRate: string, channels: number) =>
    `H.264 and ${sound === 'aac' ? 'AAC' : 'Opus'}, ${sampleRate} kHz ${channels === 1 ? 'mono' : 'stereo'}`,
  noPicture: 'No picture, sound only',
  details: 'Details',
  resolutions: 'Picture sizes',
  chat: 'Chat',
  jumpTo: (at: string) => `Jump to ${at}`,
  consent: 'Consent',
  consentHint: 'Who was told of the recording, and what they answered.',
  consentWords: {
    pending: 'was asked',
    accepted: 'agreed',
    declined: 'declined',
    withdrawn: 'withdrew',
  },
  erased: 'asked for erasure',
  people: 'People',
  hostSign: 'Host',
  cameFor: (from: string, to: string) => `${from} – ${to}`,
  stillThere: 'still there',
  toTheEnd: 'the end',
  notRecorded: 'not recorded',
  erase: 'Erase',
  erasePerson: (name: string) => `Erase what there is of ${name}`,
  eraseTitle: (name: string) => `Erase everything of ${name}?`,
  eraseBody:
    'Their files, their chat, the links to their files and every export in which they appear are deleted for good. The consent ledger keeps a note. This cannot be undone.',
  eraseYes: 'Erase for good',
  keep: 'Keep it',
};
