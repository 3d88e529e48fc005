import type { DevicesSnapshot } from '#client/session/capture/input-state.ts';
import type { MeetingSession } from '#client/session/meeting/meeting-session.ts';
import type { MeetingSnapshot } from '#client/session/meeting/meeting-state.ts';
import type { Stage } from '#client/session/stage/stage.ts';
import type { Mode } from '#client/ui/mode.ts';
import type { Commands } from './commands.ts';
import type { Panel } from './toolbar.tsx';

/** What can be done in the room by one press, each exactly as its control does it. */
export function commandsOf({
  devices,
  fullscreen,
  onHelp,
  onPanel,
  pictureInPicture,
  session,
  snapshot,
  stage,
}: {
  session: MeetingSession;
  snapshot: Pick<MeetingSnapshot, 'handRaisedAtMs'>;
  devices: Pick<DevicesSnapshot, 'canShareScreen'>;
  stage: Stage;
  fullscreen: Mode | undefined;
  pictureInPicture: Mode | undefined;
  onPanel: (panel: Panel) => void;
  onHelp: () => void;
}): Commands {
  return {
    microphone: () => void session.devices.toggleMicrophone(),
    camera: () => void session.devices.toggleCamera(),
    screen: devices.canShareScreen ? () => void session.devices.toggleScreen() : undefined,
    hand: () => void session.raiseHand(snapshot.handRaisedAtMs === undefined),
    chat: () => onPanel('chat'),
    people: () => onPanel('people'),
    previousPage: () => stage.turnBy(-1),
    nextPage: () => stage.turnBy(1),
    fullscreen: fullscreen?.toggle,
    pictureInPicture: pictureInPicture?.toggle,
    help: onHelp,
  };
}
