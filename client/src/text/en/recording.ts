import type { PersonProgress } from '#protocol/recording-state.ts';
import type { OwnRecordingView } from '../../session/meeting/own-recording.ts';

const personStates: Record<PersonProgress['state'], string> = {
  asked: 'Asked, not answered: not recorded',
  declined: 'Declined: not recorded',
  waiting: 'Waiting for media',
  recording: 'Recording',
  stalled: 'Stalled',
  failed: 'Failed',
};

const ownViews: Record<OwnRecordingView, string> = {
  recorded: 'You are being recorded',
  'sound-only': 'Your voice is recorded; your picture waits for conversion',
  'picture-unsupported': 'Your voice is recorded; your picture is larger than what can be recorded',
  'sound-too-fast':
    'You are being recorded, but more sound comes than there is time for: a part of it is left out.',
  'not-recorded': 'You are not recorded',
  'no-media': 'You are not recorded: camera and microphone are off.',
  soon: 'You will be recorded in a moment',
  stalled: 'Nothing of you arrives: you are not recorded at the moment.',
  'too-fast': 'You are not recorded at the moment: you send more than can be recorded.',
  failed: 'You are not recorded: the recorder could not take your picture and sound.',
};

/** Texts of being recorded, and of recording. */
export const consent = {
  title: 'This meeting is being recorded',
  body: 'Your picture and voice would be kept in a file of your own, for the host and the administrator of this server. You can change your answer at any time.',
  accept: 'Accept',
  decline: 'Continue without being recorded',
};

export const recording = {
  light: 'Recording',
  starting: 'Recording is starting…',
  waiting: 'Nothing is being recorded: nothing arrives.',
  lost: 'The recorder was lost. Nothing is being recorded; it is being waited for.',
  stopping: 'Recording is stopping…',
  unknown: 'Whether recording goes on is not known until the connection is back.',
  started: 'Recording has started.',
  stopped: 'Recording has stopped.',
  endsSoon: (minutes: number) =>
    `The recording ends by itself in ${minutes === 1 ? 'a minute' : `${minutes} minutes`}: it has reached the longest time allowed. The host can start another one.`,
  own: (view: OwnRecordingView) => ownViews[view],
  withdraw: 'Stop recording me',
  allow: 'Let me be recorded',
  withdrawTitle: 'Stop being recorded?',
  withdrawBody:
    'From now on nothing of you is recorded. What should happen with what has been recorded of you so far?',
  keep: 'Keep it',
  erase: 'Erase it',
  cancel: 'Cancel',
  panel: 'Who is recorded',
  panelCount: (recorded: number, all: number) => `${recorded} of ${all} recorded`,
  panelEmpty: 'The recorder has not reported yet.',
  state: (state: PersonProgress['state']) => personStates[state],
  transcodesFull: (atMost: number) =>
    atMost === 0
      ? 'This picture needs conversion, which is switched off on this server. Only sound is recorded.'
      : `This picture needs conversion, and the server converts at most ${atMost} at once. Only sound is recorded until a place is free.`,
  ready: 'The recording is ready.',
  nothing: 'Nothing was recorded: nothing of you arrived.',
  readyForOthers: 'The recording is ready. Whoever made this meeting, and the administrator, can open it.',
  open: 'Open the recording',
  all: 'All recordings of this meeting',
  close: 'Close',
};
