import type { PersonProgress } from '../../../../protocol/recording-state.ts';

const personStates: Record<PersonProgress['state'], string> = {
  asked: 'Asked, not answered: not recorded',
  declined: 'Declined: not recorded',
  waiting: 'Waiting for media',
  recording: 'Recording',
  stalled: 'Stalled',
  failed: 'Failed',
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
  lost: 'The recorder was lost. Nothing is being recorded; it is being waited for.',
  stopping: 'Recording is stopping…',
  unknown: 'Whether recording goes on is not known until the connection is back.',
  started: 'Recording has started.',
  stopped: 'Recording has stopped.',
  you: 'You are being recorded',
  notYou: 'You are not recorded',
  nothingToRecord: 'You are not recorded: camera and microphone are off.',
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
  ready: 'The recording is ready.',
  open: 'Open the recording',
  close: 'Close',
};
