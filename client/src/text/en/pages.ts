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
