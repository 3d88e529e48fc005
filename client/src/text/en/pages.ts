import { formatMoment } from '../format.ts';

/** Texts of the frame around the pages, of the start page, and of pages that say that there is nothing. */
export const frame = {
  home: 'Verbatim home',
  toDark: 'Use dark colours',
  toLight: 'Use light colours',
  recordings: 'Recordings',
  skip: 'Skip to content',
  notFoundTitle: 'There is nothing here',
  notFound: 'The address may be mistyped, or the page is gone.',
  toHome: 'Go to the start page',
  loadFailed: 'This page could not be loaded. The server may have been updated.',
  reload: 'Reload',
};

export const home = {
  title: 'Meetings, kept word for word',
  lead: 'Start a meeting, share its link, and press Record when it matters. Every person is recorded into a file of their own, at once, on your own server.',
  meetingName: 'Meeting name',
  meetingNameHint: 'Weekly planning',
  newMeeting: 'New meeting',
  /** What a meeting is called that nobody named. */
  untitled: (atMs: number) => {
    const { day, time } = formatMoment(atMs, 'en-GB');
    return `Meeting, ${day}, ${time}`;
  },
  joinTitle: 'Have a link?',
  link: 'Meeting link or code',
  join: 'Go to meeting',
  linkWrong: 'This is no meeting link. It looks like https://…/m/…',
  aloneTitle: 'Only you?',
  recent: 'Recent meetings',
  noRecent: 'Meetings that you open in this browser appear here.',
  open: (name: string) => `Open ${name}`,
  recordingsOf: (name: string) => `Recordings of ${name}`,
  forget: (name: string) => `Forget ${name}`,
  host: 'You are the host',
};

export const unsupported = {
  title: 'This browser cannot take part in meetings',
  body: 'It has no WebRTC, which carries picture and sound. Use a current Chrome, Edge, Firefox or Safari.',
};

/** Asked before somebody leaves what is recorded of them. */
export const staying = {
  title: 'You are being recorded',
  body: 'If you leave this page, your recording ends here.',
  leave: 'Leave the page',
  stay: 'Stay',
};

/** Texts of being asked for a key of the server. */
export const keys = {
  title: 'This server asks for a key',
  create: 'Whoever runs it gives out a key for making meetings.',
  record: 'Whoever runs it gives out a key for recording.',
  label: 'Key',
  wrong: 'This key is not right.',
  goOn: 'Continue',
  cancel: 'Cancel',
};

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
