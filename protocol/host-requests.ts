import { z } from 'zod';
import { connectionIdSchema, meetingNameSchema, recordingIdSchema } from './identifiers.ts';
import { admissionSchema } from './meeting-state.ts';
import { sourceSchema } from './people.ts';

const nothing = z.object({});
const somebody = z.object({ connectionId: connectionIdSchema });

/** What only the host may ask for (sfu/room/policy.ts). */
export const hostRequests = {
  /** `key` where the server asks for one (`record-key-needed`). */
  startRecording: {
    params: z.object({ key: z.string().max(256).optional() }),
    result: z.object({ recordingId: recordingIdSchema }),
  },
  /** Answers when every file is complete on disk. */
  stopRecording: { params: nothing, result: z.object({ recordingId: recordingIdSchema }) },
  /** Pauses what this person sends of a source, and tells them (`pausedByHost`); they may switch it on again. */
  pausePerson: { params: somebody.extend({ source: sourceSchema }), result: nothing },
  /** Sends somebody out (`ended` with `removed`); neither this token nor another one in the same browser lets them in again. */
  removePerson: { params: somebody, result: nothing },
  lowerHand: { params: somebody, result: nothing },
  /** Opening the doors admits everybody who waits. */
  setAdmission: { params: z.object({ admission: admissionSchema }), result: nothing },
  /** Lets one person in from the waiting room; without `connectionId` everybody who waits. */
  admit: { params: z.object({ connectionId: connectionIdSchema.optional() }), result: nothing },
  /** Sends somebody in the waiting room away (`ended` with `refused`). */
  refuse: { params: somebody, result: nothing },
  /** Everybody sees the new name, and the recording has it (`meetingRenamed`); who opens the link later is told by the archive. */
  renameMeeting: { params: z.object({ name: meetingNameSchema }), result: nothing },
  /** Makes somebody else the host, at once; the caller is a participant from then on. */
  handOverHost: { params: somebody, result: nothing },
  /** Stops the recording, completes its files, and ends the meeting for everybody (`ended` with `meeting-ended`). */
  endMeeting: { params: nothing, result: nothing },
} as const;
