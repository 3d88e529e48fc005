import type { Source } from '#protocol/people.ts';

const sourceNames: Record<Source, string> = {
  microphone: 'microphone',
  camera: 'camera',
  screen: 'screen share',
  'screen-audio': 'screen sound',
};

/** Texts of the meeting. */
export const meeting = {
  people: (count: number) => (count === 1 ? 'You are alone here' : `${count} people`),
  you: (name: string) => `${name} (you)`,
  screenOf: (name: string) => `Screen of ${name}`,
  ownScreen: 'Your screen',
  muted: 'Microphone off',
  cameraOff: 'Camera off',
  away: 'Reconnecting…',
  cannotShow: 'This browser cannot show this picture.',
  toolbar: 'Controls',
  leave: 'Leave',
  invite: 'Copy invitation link',
  invited: 'Invitation link copied',
  inviteFailed: 'The link could not be copied. Copy it from the address bar.',
  alone: 'Nobody else is here yet. Send them the invitation link.',
  startRecording: 'Start recording',
  stopRecording: 'Stop recording',
  clickToHear: 'Click to hear',
  soundBlocked: 'The browser holds the sound back until you press something.',
  noH264:
    'This browser cannot show H.264, which the others send: you will hear them, but see no pictures. Another browser will.',
  mediaBlocked:
    'Picture and sound do not get through to the server: a firewall or the network may block them. It is being tried again.',
  noCallsHere:
    'Firefox carries no calls to the machine that it runs on. Open this page in another browser, or start Verbatim with --https and open the address of this machine on the network.',
  dismiss: 'Dismiss',
  handUp: 'Hand raised',
  poorConnection: 'Poor connection',
  raiseHand: 'Raise hand',
  pausedByHost: (source: Source) => `The host has switched off your ${sourceNames[source]}.`,
  said: (name: string, text: string) => `${name}: ${text}`,
};

export const chat = {
  open: 'Chat',
  title: 'Chat',
  close: 'Close chat',
  empty: 'Nothing has been said yet. While the meeting is being recorded, the chat is kept with it.',
  message: 'Message',
  send: 'Send',
  unread: (count: number) => `${count} unread`,
};

export const people = {
  open: 'People',
  title: 'People',
  close: 'Close people',
  host: 'Host',
  waitingTitle: 'Waiting to be let in',
  admit: (name: string) => `Let ${name} in`,
  admitShort: 'Let in',
  refuse: (name: string) => `Turn ${name} away`,
  admitAll: 'Let everybody in',
  waitingCount: (count: number) => `${count} waiting`,
  admission: 'Who may come in',
  admissions: {
    open: 'Everybody with the link',
    'waiting-room': 'Whom I let in',
    locked: 'Nobody else',
  },
  actions: (name: string) => `Actions for ${name}`,
  pin: 'Pin',
  unpin: 'Unpin',
  mute: 'Switch off microphone',
  stopCamera: 'Switch off camera',
  stopScreen: 'Stop sharing',
  lowerHand: 'Lower hand',
  handOver: 'Make host',
  remove: 'Remove from the meeting',
  endMeeting: 'End meeting for everybody',
  endTitle: 'End the meeting for everybody?',
  endBody: 'Everybody is sent out. A running recording is completed first.',
  end: 'End meeting',
  cancel: 'Cancel',
  offerTitle: 'Will you be the host?',
  offerBody:
    'The host has left, and you have been here longest. The host starts and stops the recording and may let people in or remove them.',
  offerAccept: 'Yes, I will',
  offerDecline: 'No',
};

export const ended = {
  left: { title: 'You left the meeting', body: 'Camera and microphone are released.' },
  replaced: {
    title: 'This meeting was opened in another window',
    body: 'You are in the meeting there. This window is no longer part of it.',
  },
  removed: { title: 'You were removed from the meeting', body: 'The host has ended your visit.' },
  'meeting-ended': { title: 'The meeting has ended', body: 'The host has ended it for everybody.' },
  idle: {
    title: 'You waited for a long time',
    body: 'The page was disconnected, to make room for others. Open the meeting again.',
  },
  'media-failed': {
    title: 'The connection for picture and sound failed',
    body: 'It was tried several times. A firewall may block it: try another network, or ask the administrator.',
  },
  refused: { title: 'You were not let in', body: 'The host has turned you away.' },
  failed: 'You could not get back into the meeting',
  rejoin: 'Join again',
  home: 'Go to the start page',
};

/** Texts of the pictures in the meeting, and of how they are arranged. */
export const stage = {
  label: 'People in the meeting',
  pages: 'Pages of people',
  page: (page: number, pages: number) => `${page} / ${pages}`,
  previousPage: 'Previous page',
  nextPage: 'Next page',
  heldBack: 'Picture paused: your connection is slow. Sound comes first.',
  pin: (label: string) => `Pin ${label}`,
};

/** Texts of what is done now and then in a meeting: settings, keys, other ways to look at it. */
export const controls = {
  more: 'More',
  settings: 'Settings',
  close: 'Close',
  rename: 'Rename meeting',
  renameHint: 'Everybody sees the new name, and the recording has it.',
  saveName: 'Save',
  cancel: 'Cancel',
  fullscreen: 'Full screen',
  leaveFullscreen: 'Leave full screen',
  pictureInPicture: 'Picture in picture',
  closePictureInPicture: 'Close picture in picture',
  shortcuts: 'Keyboard shortcuts',
  useShortcuts: 'Use keyboard shortcuts',
  shortcutsHint: 'They do nothing while you type.',
  commands: {
    microphone: 'Microphone on or off',
    camera: 'Camera on or off',
    screen: 'Share your screen, or stop',
    hand: 'Raise or lower your hand',
    chat: 'Open or close the chat',
    people: 'Open or close the list of people',
    previousPage: 'Previous page of people',
    nextPage: 'Next page of people',
    fullscreen: 'Full screen',
    pictureInPicture: 'Picture in picture',
    help: 'This list',
  },
  sharing: 'You are sharing your screen',
  stopSharing: 'Stop sharing',
};
