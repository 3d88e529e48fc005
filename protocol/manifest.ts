import { z } from 'zod';
import {
  connectionIdSchema,
  fileNameSchema,
  meetingIdSchema,
  personMarkSchema,
  recordingIdSchema,
} from './identifiers.ts';
import { audioCodecSchema, consentSchema, fileSourceSchema, kindSchema, roleSchema } from './people.ts';

/**
 * manifest.json of a recording: the truth about it, from which any catalog can be rebuilt. `…AtMs` is epoch
 * milliseconds on the SFU's clock; other `…Ms` in files count from `startedAtMs`, the recording's common clock.
 */
export const MANIFEST_VERSION = 1;

/**
 * Nobody reads a longer one. The recorder writes at most half of it, whatever happens in a meeting: each part is bounded by
 * itself (recorder/control), and what the archive adds has room.
 */
export const MAX_MANIFEST_BYTES = 64 * 1024 * 1024;

const epochMs = z.number().int().nonnegative();
const ms = z.number();
const interval = z.object({ fromMs: ms, toMs: ms });
export type Interval = z.infer<typeof interval>;

/** Why media that were due are missing; a manifest of another version may name others. */
export const GAP_CAUSES = [
  /** Our own beginning, or theirs: nothing has come yet. */
  'starting',
  /** The first picture that needs no other was waited for. */
  'keyframe',
  /** They had begun, and nothing came any more. */
  'stalled',
  /** The person's system had taken the device, for a phone call for instance. */
  'system-muted',
  'late',
  'lost',
  'disk-slow',
  'audio-worker-lost',
  'audio-worker-slow',
  /** More sound was sent than there is time for. */
  'too-fast',
  'transcoder-lost',
  'transcoder-slow',
  'transcodes-full',
] as const;
export type GapCause = (typeof GAP_CAUSES)[number];

export const manifestFileSchema = z.object({
  name: fileNameSchema,
  connectionId: connectionIdSchema,
  personName: z.string(),
  source: fileSourceSchema,
  /** `recovered`: cut at its last whole tag and re-indexed after a crash. */
  state: z.enum(['writing', 'complete', 'recovered']),
  /** The file's first tag on the common clock. */
  startOffsetMs: ms,
  durationMs: z.number().nonnegative(),
  bytes: z.number().int().nonnegative(),
  audio: z.object({
    codec: audioCodecSchema,
    sampleRate: z.number().int().positive(),
    channels: z.number().int().min(1).max(2),
  }),
  video: z.object({ codec: z.literal('h264') }),
  /** Picture sizes in the order in which they appear; the slate is not among them. */
  resolutions: z.array(
    z.object({ atMs: ms, width: z.number().int().positive(), height: z.number().int().positive() }),
  ),
  muted: z.array(interval),
  cameraOff: z.array(interval),
  /** Time without media that nobody chose. `cause`: one of GAP_CAUSES. */
  gaps: z.array(interval.extend({ kind: kindSchema, cause: z.string() })),
  /** Packets that did not come, even after NACK. `hop`: between sender and SFU, or between SFU and recorder. */
  losses: z.array(
    interval.extend({
      kind: kindSchema,
      packets: z.number().int().positive(),
      hop: z.enum(['uplink', 'last', 'unknown']),
    }),
  ),
  /** Distance of the written timestamps from the capture instants that the Sender Reports name. */
  sync: z
    .object({
      samples: z.number().int().positive(),
      p50ErrorMs: ms,
      p95ErrorMs: ms,
      maxErrorMs: ms,
      driftPpm: z.number(),
    })
    .optional(),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
  /** Computed with the sum above, in one pass: a ZIP has it before the file. */
  crc32: z
    .string()
    .regex(/^[0-9a-f]{8}$/)
    .optional(),
});
export type ManifestFile = z.infer<typeof manifestFileSchema>;

export const manifestSchema = z.object({
  version: z.literal(MANIFEST_VERSION),
  recordingId: recordingIdSchema,
  meeting: z.object({ id: meetingIdSchema, name: z.string() }),
  host: z.object({ connectionId: connectionIdSchema, name: z.string() }).optional(),
  /** `interrupted`: it ended without Stop being carried out. */
  state: z.enum(['recording', 'complete', 'interrupted']),
  startedAtMs: epochMs,
  stoppedAtMs: epochMs.optional(),
  /** By how much the wall clock was ahead of the SFU's when it began; on disk, all that is told `…AtMs` is in wall time. */
  wallAheadMs: z.number().int().optional(),
  stopReason: z.enum(['host', 'empty', 'ended', 'limit', 'disk', 'sfu-lost', 'recorder-lost']).optional(),
  recorderId: z.string(),
  /** The last fact of the SFU that this manifest includes. */
  lastFact: z.number().int().nonnegative(),
  people: z.array(
    z.object({
      connectionId: connectionIdSchema,
      name: z.string(),
      role: roleSchema,
      joinedAtMs: epochMs,
      leftAtMs: epochMs.optional(),
      /** Connections with a mark in common are the same person's; another recording has other marks of them. */
      marks: z.array(personMarkSchema).max(2).optional(),
    }),
  ),
  files: z.array(manifestFileSchema),
  speakers: z.array(z.object({ atMs: epochMs, connectionIds: z.array(connectionIdSchema) })),
  chat: z.array(
    z.object({ atMs: epochMs, connectionId: connectionIdSchema, name: z.string(), text: z.string() }),
  ),
  /** Who was told (`pending`), accepted, declined or withdrew, and when. Only ever appended to. */
  consent: z.array(
    z.object({
      atMs: epochMs,
      connectionId: connectionIdSchema,
      name: z.string(),
      consent: consentSchema,
      erase: z.boolean().optional(),
    }),
  ),
  /** What went wrong, in words, with a code of docs/errors.md. */
  problems: z.array(z.object({ atMs: epochMs, code: z.string(), message: z.string() })),
});
export type Manifest = z.infer<typeof manifestSchema>;
