import { z } from 'zod';

/**
 * The parts of mediasoup's negotiation objects that we look at; what mediasoup adds passes through, and mediasoup
 * checks it again. Bounds keep a hostile message small.
 */
const codecParametersSchema = z.record(z.string().max(64), z.union([z.string().max(512), z.number()]));

const rtcpFeedbackSchema = z.looseObject({
  type: z.string().max(32),
  parameter: z.string().max(32).optional(),
});

export const rtpCodecSchema = z.looseObject({
  mimeType: z.string().max(64),
  payloadType: z.number().int().min(0).max(127),
  clockRate: z.number().int().positive(),
  channels: z.number().int().positive().optional(),
  parameters: codecParametersSchema.optional(),
  rtcpFeedback: z.array(rtcpFeedbackSchema).max(16).optional(),
});

export const rtpParametersSchema = z.looseObject({
  mid: z.string().max(64).optional(),
  codecs: z.array(rtpCodecSchema).min(1).max(32),
  headerExtensions: z
    .array(z.looseObject({ uri: z.string().max(256), id: z.number().int() }))
    .max(32)
    .optional(),
  encodings: z
    .array(z.looseObject({ ssrc: z.number().int().optional() }))
    .max(8)
    .optional(),
  rtcp: z.looseObject({ cname: z.string().max(256).optional() }).optional(),
});

export const rtpCapabilitiesSchema = z.looseObject({
  codecs: z
    .array(z.looseObject({ mimeType: z.string().max(64), kind: z.enum(['audio', 'video']) }))
    .max(64)
    .optional(),
  headerExtensions: z
    .array(z.looseObject({ uri: z.string().max(256) }))
    .max(64)
    .optional(),
});

export const dtlsParametersSchema = z.looseObject({
  role: z.enum(['auto', 'client', 'server']).optional(),
  fingerprints: z
    .array(z.looseObject({ algorithm: z.string().max(32), value: z.string().max(512) }))
    .min(1)
    .max(16),
});

export const iceParametersSchema = z.looseObject({ usernameFragment: z.string(), password: z.string() });

export const transportSchema = z.object({
  id: z.string(),
  iceParameters: iceParametersSchema,
  iceCandidates: z.array(z.looseObject({ ip: z.string(), port: z.number().int() })),
  dtlsParameters: dtlsParametersSchema,
});

export const iceServerSchema = z.object({
  urls: z.union([z.string(), z.array(z.string())]),
  username: z.string().optional(),
  credential: z.string().optional(),
});
