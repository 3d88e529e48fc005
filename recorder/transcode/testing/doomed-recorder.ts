import { buffer } from 'node:stream/consumers';
import { systemClock } from '#service/clock.ts';
import { silentLog } from '#service/log.ts';
import { parseVp8FrameHeader } from '../../depacketize/vp8-frame-header.ts';
import { TranscodePool } from '../transcode-pool.ts';

/** Converts the picture that comes on its stdin, tells the child's process id, and waits for its end. */
const ffmpeg = process.env.FFMPEG_PATH ?? 'ffmpeg';
const pool = new TranscodePool({ ffmpeg, max: 1, clock: systemClock, log: silentLog });
const transcoder = pool.open({
  unit: () => process.stdout.write(`${pool.pids[0]}\n`),
  interrupted: () => undefined,
});
const data = await buffer(process.stdin);
transcoder.push({ ...parseVp8FrameHeader(data), data, timestamp: 0, arrivalMs: 0 }, 0);
