/** Texts of recording oneself. */
export const solo = {
  title: 'Record yourself',
  lead: 'One press opens camera and microphone and records. Stop closes them, and the recording is ready at once.',
  name: 'Name on the recording',
  nameHint: 'Optional',
  me: 'Me',
  record: 'Record',
  stop: 'Stop',
  picture: 'Your picture',
  closed: 'Camera and microphone are closed until you press Record.',
  time: 'Recorded',
  size: 'On disk',
  noDevice: 'Nothing is recorded: neither camera nor microphone could be opened.',
  elsewhere:
    'You are being recorded already, in another window, or in one that was just closed. Stop it there, or wait a minute.',
  recordings: 'Your recordings',
  none: 'What you record appears here, for you alone, in this browser.',
};
