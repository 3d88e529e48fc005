import { type ErrorBody, errors } from '#protocol/errors.ts';
import { secondsUntil } from '../format.ts';
import { account, admin, archive } from './archive.ts';
import { audit } from './audit.ts';
import { connection, devices, lobby } from './before.ts';
import { list } from './list.ts';
import { chat, controls, ended, meeting, people, stage } from './meeting.ts';
import { frame, home, keys, solo, staying, unsupported } from './pages.ts';
import { player } from './player.ts';
import { consent, recording } from './recording.ts';
import { report } from './report.ts';
import { retention, storage } from './storage.ts';
import { takeAway } from './take-away.ts';

/** Every word that a person sees, in English. Another language is an object of the same shape. */
export const en = {
  /** As browsers name it: dates and numbers are written its way. */
  locale: 'en',
  product: 'Verbatim',
  /** The server's words are English; another language translates the code. */
  fault: (error: ErrorBody): string =>
    error.retryAfterMs === undefined
      ? error.message || errors[error.code].message
      : admin.tryAgainIn(secondsUntil(error.retryAfterMs)),
  frame,
  home,
  lobby,
  devices,
  connection,
  consent,
  meeting,
  controls,
  stage,
  chat,
  people,
  recording,
  ended,
  unsupported,
  staying,
  solo,
  takeAway,
  archive,
  admin,
  account,
  keys,
  list,
  storage,
  retention,
  audit,
  player,
  report,
};

export type Text = typeof en;
