import type { Source } from '#protocol/people.ts';
import type { CaptureProblem, ChosenKind, DeviceKind } from '../../session/ports/capture.ts';

const deviceNames: Record<DeviceKind, string> = { camera: 'camera', microphone: 'microphone' };

const pictureNames = (source: Source): string => (source === 'screen' ? 'screen share' : 'camera');

const names: Record<ChosenKind, string> = {
  camera: 'Camera',
  microphone: 'Microphone',
  speaker: 'Speaker',
};

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

/** Texts of what comes before a meeting: devices, the connection, the lobby. */
export const lobby = {
  title: 'Ready to join?',
  loading: 'Looking for the meeting',
  yourName: 'Your name',
  nameNeeded: 'Say your name first, so that the others know who you are.',
  join: 'Join meeting',
  asHost: 'You made this meeting: you join as its host.',
  recorded: 'This meeting is being recorded. You will be asked before you join.',
  cameraOff: 'Your camera is off',
  cameraOpening: 'Opening your camera…',
  asking: 'Allow camera and microphone when the browser asks. You can switch both off again.',
  nothing: 'Without camera and microphone you can still join, see and hear the others.',
  missingTitle: 'You cannot join here',
  retry: 'Try again',
  waiting: 'The host has been told that you are here. You will come in as soon as you are let in.',
  elsewhere:
    'You are in this meeting in another window. If you join here under the same name, that one leaves.',
  stopWaiting: 'Stop waiting',
};

export const devices = {
  microphone: 'Microphone',
  camera: 'Camera',
  screen: 'Share screen',
  choose: names,
  automatic: 'Automatic',
  unnamed: (kind: ChosenKind, number: number) => `${names[kind]} ${number}`,
  level: 'Microphone level',
  problem: (kind: DeviceKind, problem: CaptureProblem) => problems[problem](deviceNames[kind]),
  bothProblem: (problem: CaptureProblem) => problems[problem]('camera and the microphone'),
  silenced: (kind: DeviceKind): string =>
    kind === 'microphone'
      ? 'Your system has taken the microphone, for a phone call for instance: nobody hears you. It comes back by itself.'
      : 'Your system has taken the camera: nobody sees you. It comes back by itself.',
  screenSilenced:
    'Your system gives no picture of what you share at the moment: the others see the last one, or none. Bring the shared ' +
    'window to the front, or share it again.',
  encoderReplaced: (source: Source) =>
    `Your browser gave no pictures of your ${pictureNames(source)} to send. It is sent in another way now (VP8).`,
  encoderFailed: (source: Source) =>
    `Your browser gives no pictures of your ${pictureNames(source)} to send: the others do not see it, and it is not recorded. ` +
    'Switch it off and on again, or try another browser.',
  isReplaced: (label: string) =>
    `${label || 'The microphone'} was disconnected: another microphone has taken its place.`,
  isBack: (label: string) => `${label || 'The microphone'} is connected again.`,
  useAgain: 'Use it again',
  screenProblem: 'The screen could not be shared. Try again, or share a window instead.',
};

export const connection = {
  label: 'Connection',
  connecting: 'Connecting…',
  connected: 'Connected',
  lost: 'Reconnecting…',
  refused: 'Not connected',
  lostInMeeting:
    'The connection to the server is lost. It is being mended by itself; you need not do anything.',
  rejoined: 'You are connected again.',
};
