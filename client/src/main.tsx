import './ui/mantine.css';
import './ui/tokens.css';
import { MantineProvider } from '@mantine/core';
import { createRoot } from 'react-dom/client';
import { browserClock } from './adapters/browser-clock.ts';
import { browserSoundMeter } from './adapters/browser-sound-meter.ts';
import { browserSoundMixer } from './adapters/browser-sound-mixer.ts';
import { browserLeaveGuard, browserScreenLock } from './adapters/browser-staying.ts';
import { browserStorage } from './adapters/browser-storage.ts';
import { carriesCallsHere } from './adapters/calls-here.ts';
import { httpArchive } from './adapters/http-archive.ts';
import { mpegtsPlayer } from './adapters/mpegts-player.ts';
import { App } from './app/app.tsx';
import { LanguageProvider } from './app/language-provider.tsx';
import { type Services, ServicesContext } from './services/services.ts';
import { PersonKeys } from './session/person-keys.ts';
import { Preferences } from './session/preferences.ts';
import { RecentMeetings } from './session/recent-meetings.ts';
import { AwakeScreen } from './session/staying/awake-screen.ts';
import { languageFor, loadText } from './text/languages.ts';
import { theme } from './ui/theme.ts';

const KEY_BYTES = 24;

const loadOpener = () => import('./adapters/open-meeting.ts');
// The page of a meeting needs it for sure: not one round trip later than the page itself.
const earlyOpener = /^\/(m\/|record)/.test(window.location.pathname) ? loadOpener() : undefined;

const storage = browserStorage();
const preferences = new Preferences(storage);
const recent = new RecentMeetings('verbatim.recent-meetings', storage, browserClock);
const soloRooms = new RecentMeetings('verbatim.own-recordings', storage, browserClock);
const persons = new PersonKeys(storage, randomKey);
const shared = { archive: httpArchive, clock: browserClock, persons, preferences };

const services: Services = {
  ...shared,
  recent,
  player: mpegtsPlayer,
  screen: new AwakeScreen(browserScreenLock),
  leaveGuard: browserLeaveGuard,
  soundMeter: browserSoundMeter(browserClock),
  soundMixer: browserSoundMixer(),
  async openMeeting(meetingId) {
    const { openMeeting } = await (earlyOpener ?? loadOpener());
    return openMeeting(meetingId, { ...shared, recent });
  },
  async openSolo(roomName) {
    const { openSolo } = await (earlyOpener ?? loadOpener());
    return openSolo(roomName, { ...shared, recent: soloRooms });
  },
  carriesCalls: carriesCallsHere(window.location, navigator.userAgent),
  invitationLink: (meetingId) => `${window.location.origin}/m/${encodeURIComponent(meetingId)}`,
};

const language = languageFor(preferences.language, navigator.languages);
const text = await loadText(language);

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root.');
createRoot(root).render(
  <MantineProvider theme={theme} defaultColorScheme="auto">
    <ServicesContext value={services}>
      <LanguageProvider initial={language} text={text}>
        <App />
      </LanguageProvider>
    </ServicesContext>
  </MantineProvider>,
);

/** 192 bits as 32 letters that are safe everywhere; also where the page was not opened over HTTPS. */
function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(KEY_BYTES));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_');
}
