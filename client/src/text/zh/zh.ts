import type { Text } from '../en/en.ts';
import { secondsUntil } from '../format.ts';
import { account, admin, archive } from './archive.ts';
import { audit } from './audit.ts';
import { connection, devices, lobby } from './before.ts';
import { faults } from './faults.ts';
import { list } from './list.ts';
import { chat, controls, ended, meeting, people, stage } from './meeting.ts';
import { frame, home, keys, solo, staying, unsupported } from './pages.ts';
import { player } from './player.ts';
import { consent, recording } from './recording.ts';
import { report } from './report.ts';
import { retention, storage } from './storage.ts';
import { takeAway } from './take-away.ts';

/** Every word that a person sees, in Simplified Chinese. */
export const zh: Text = {
  locale: 'zh-CN',
  product: 'Verbatim',
  fault: ({ code, retryAfterMs }) =>
    retryAfterMs === undefined ? faults[code] : admin.tryAgainIn(secondsUntil(retryAfterMs)),
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
