import { type ErrorBody, errors } from '../../../protocol/errors.ts';
import type { Source } from '../../../protocol/people.ts';
import type { PersonProgress } from '../../../protocol/recording-state.ts';
import type { CaptureProblem, DeviceKind } from '../session/ports/capture.ts';
import { takeAwayEn } from './take-away-en.ts';

const deviceNames: Record<DeviceKind, string> = { camera: 'camera', microphone: 'microphone' };

const problems: Record<CaptureProblem, (device: string) => string> = {
  refused: (device) =>
    `Permission for the ${device} was refused. Allow it in the browser’s address bar, then switch it on again.`,
  missing: (device) => `No ${device} was found. Connect one, then switch it on.`,
  busy: (device) =>
    `The ${device} is in use by another program, or does not answer. Close that program, then switch it on again.`,
  insecure: (device) =>
    `The browser gives no ${device} to this page, because it was not opened over HTTPS. Ask for the https:// address.`,
  lost: (device) => `The ${device} was disconnected, or its permission withdrawn. Switch it on again.`,
  failed: (device) => `The ${device} could not be opened. Switch it on again, or restart the browser.`,
};

const sourceNames: Record<Source, string> = {
  microphone: 'microphone',
  camera: 'camera',
  screen: 'screen share',
  'screen-audio': 'screen sound',
};

const personStates: Record<PersonProgress['state'], string> = {
  asked: 'Asked, not answered: not recorded',
  declined: 'Declined: not recorded',
  waiting: 'Waiting for media',
  recording: 'Recording',
  stalled: 'Stalled',
  failed: 'Failed',
};

/** Every word that a person sees, in English. Another language is an object of the same shape. */
export const en = {
  locale: 'en',
  product: 'Verbatim',

  /** The server's words are English; another language translates the code. */
  fault: (error: ErrorBody): string => error.message || errors[error.code].message,

  frame: {
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
  },

  home: {
    title: 'Meetings, kept word for word',
    lead: 'Start a meeting, share its link, and press Record when it matters. Every person is recorded into a file of their own, at once, on your own server.',
    meetingName: 'Meeting name',
    meetingNameHint: 'Weekly planning',
    newMeeting: 'New meeting',
    nameNeeded: 'Give the meeting a name first.',
    joinTitle: 'Have a link?',
    link: 'Meeting link or code',
    join: 'Go to meeting',
    linkWrong: 'This is no meeting link. It looks like https://…/m/…',
    recent: 'Recent meetings',
    noRecent: 'Meetings that you open in this browser appear here.',
    open: (name: string) => `Open ${name}`,
    forget: (name: string) => `Forget ${name}`,
    host: 'You are the host',
  },

  lobby: {
    title: 'Ready to join?',
    loading: 'Looking for the meeting',
    yourName: 'Your name',
    nameNeeded: 'Say your name first, so that the others know who you are.',
    join: 'Join meeting',
    asHost: 'You made this meeting: you join as its host.',
    recorded: 'This meeting is being recorded. You will be asked before you join.',
    cameraOff: 'Your camera is off',
    cameraOpening: 'Opening your camera…',
    chooseCamera: 'Choose camera',
    chooseMicrophone: 'Choose microphone',
    browserChoice: 'Chosen by the browser',
    unnamed: (kind: DeviceKind, number: number) => `${kind === 'camera' ? 'Camera' : 'Microphone'} ${number}`,
    asking: 'Allow camera and microphone when the browser asks. You can switch both off again.',
    nothing: 'Without camera and microphone you can still join, see and hear the others.',
    missingTitle: 'You cannot join here',
    retry: 'Try again',
    waiting: 'The host has been told that you are here. You will come in as soon as you are let in.',
    stopWaiting: 'Stop waiting',
  },

  devices: {
    microphone: 'Microphone',
    camera: 'Camera',
    screen: 'Share screen',
    problem: (kind: DeviceKind, problem: CaptureProblem) => problems[problem](deviceNames[kind]),
    bothProblem: (problem: CaptureProblem) => problems[problem]('camera and the microphone'),
    screenProblem: 'The screen could not be shared. Try again, or share a window instead.',
  },

  connection: {
    label: 'Connection',
    connecting: 'Connecting…',
    connected: 'Connected',
    lost: 'Reconnecting…',
    refused: 'Not connected',
    lostInMeeting:
      'The connection to the server is lost. It is being mended by itself; you need not do anything.',
    rejoined: 'You are connected again.',
  },

  consent: {
    title: 'This meeting is being recorded',
    body: 'Your picture and voice would be kept in a file of your own, for the host and the administrator of this server. You can change your answer at any time.',
    accept: 'Accept',
    decline: 'Continue without being recorded',
  },

  meeting: {
    people: (count: number) => (count === 1 ? 'You are alone here' : `${count} people`),
    you: (name: string) => `${name} (you)`,
    screenOf: (name: string) => `Screen of ${name}`,
    ownScreen: 'Your screen',
    grid: 'People in the meeting',
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
    dismiss: 'Dismiss',
    speaking: 'Speaking',
    handUp: 'Hand raised',
    poorConnection: 'Poor connection',
    raiseHand: 'Raise hand',
    pausedByHost: (source: Source) => `The host has switched off your ${sourceNames[source]}.`,
    said: (name: string, text: string) => `${name}: ${text}`,
  },

  chat: {
    open: 'Chat',
    title: 'Chat',
    close: 'Close chat',
    empty: 'Nothing has been said yet. While the meeting is being recorded, the chat is kept with it.',
    message: 'Message',
    send: 'Send',
    unread: (count: number) => `${count} unread`,
  },

  people: {
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
  },

  recording: {
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
  },

  ended: {
    left: { title: 'You left the meeting', body: 'Camera and microphone are released.' },
    replaced: {
      title: 'This meeting was opened in another window',
      body: 'You are in the meeting there. This window is no longer part of it.',
    },
    removed: { title: 'You were removed from the meeting', body: 'The host has ended your visit.' },
    'meeting-ended': { title: 'The meeting has ended', body: 'The host has ended it for everybody.' },
    'media-failed': {
      title: 'The connection for picture and sound failed',
      body: 'It was tried several times. A firewall may block it: try another network, or ask the administrator.',
    },
    refused: { title: 'You were not let in', body: 'The host has turned you away.' },
    failed: 'You could not get back into the meeting',
    rejoin: 'Join again',
    home: 'Go to the start page',
  },

  unsupported: {
    title: 'This browser cannot take part in meetings',
    body: 'It has no WebRTC, which carries picture and sound. Use a current Chrome, Edge, Firefox or Safari.',
  },

  takeAway: takeAwayEn,

  archive: {
    title: 'Recordings',
    signInTitle: 'Sign in to the recordings',
    password: 'Admin password',
    passwordHint: 'It was shown when the server was started for the first time.',
    signIn: 'Sign in',
    signOut: 'Sign out',
    table: 'Recordings',
    columns: {
      name: 'Meeting',
      date: 'Date',
      duration: 'Duration',
      size: 'Size',
      people: 'People',
      state: 'State',
    },
    state: { recording: 'Recording now', complete: 'Complete', interrupted: 'Interrupted' },
    fileState: { writing: 'Being written', complete: 'Complete', recovered: 'Recovered' },
    source: { camera: 'Camera and microphone', screen: 'Screen' },
    empty: 'Nothing has been recorded yet.',
    emptyHint: 'Start a meeting and press “Start recording”.',
    more: 'Show older ones',
    loading: 'Loading',
    back: 'All recordings',
    problem: 'Its manifest cannot be read',
    facts: 'Facts',
    started: 'Started',
    stopped: 'Stopped',
    stillOn: 'still running',
    host: 'Host',
    people: 'People',
    files: 'Files',
    noFiles: 'There is no file in this recording.',
    problems: 'What went wrong',
    play: 'Play',
    closePlayer: 'Close player',
    playing: (name: string) => `Recording of ${name}`,
    playFailed: 'This file cannot be played here. Download it and use VLC or mpv.',
    download: 'Download FLV',
    retry: 'Try again',
  },
};

export type Text = typeof en;
