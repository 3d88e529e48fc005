import { useFullscreenDocument } from '@mantine/hooks';
import { useState } from 'react';
import { useServices } from '#client/services/services.ts';
import type { DevicesSnapshot } from '#client/session/capture/input-state.ts';
import type { MeetingSession } from '#client/session/meeting/meeting-session.ts';
import type { MeetingSnapshot } from '#client/session/meeting/meeting-state.ts';
import type { Stage } from '#client/session/stage/stage.ts';
import { fullscreenMode } from '#client/ui/mode.ts';
import { type Commands, useShortcuts } from './commands.ts';
import { MoreMenu } from './more-menu.tsx';
import { RenameDialog } from './rename-dialog.tsx';
import { SettingsDialog } from './settings-dialog.tsx';
import { ShortcutsDialog } from './shortcuts-dialog.tsx';
import { type Panel, Toolbar } from './toolbar.tsx';
import { usePictureInPicture } from './use-picture-in-picture.ts';

/** Everything by which a person acts in the room: the toolbar, its menu and dialogs, and the keys. */
export function RoomControls({
  session,
  snapshot,
  devices,
  stage,
  followed,
  panel,
  onPanel,
}: {
  session: MeetingSession;
  snapshot: MeetingSnapshot;
  devices: DevicesSnapshot;
  stage: Stage;
  /** The picture that a small window shows. */
  followed: MediaStreamTrack | undefined;
  panel: Panel | undefined;
  onPanel: (panel: Panel) => void;
}) {
  const { preferences } = useServices();
  const [dialog, setDialog] = useState<'settings' | 'rename' | 'shortcuts'>();
  const [usesShortcuts, setUsesShortcuts] = useState(preferences.usesShortcuts);
  const fullscreen = fullscreenMode(useFullscreenDocument());
  const pictureInPicture = usePictureInPicture(followed);
  const close = (): void => setDialog(undefined);
  const onHelp = (): void => setDialog('shortcuts');
  // Each exactly as its control does it.
  const commands: Commands = {
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
  useShortcuts(commands, usesShortcuts);
  return (
    <>
      <Toolbar
        session={session}
        snapshot={snapshot}
        devices={devices}
        panel={panel}
        onPanel={onPanel}
        more={
          <MoreMenu
            fullscreen={fullscreen}
            pictureInPicture={pictureInPicture}
            onSettings={() => setDialog('settings')}
            onRename={snapshot.self?.role === 'host' ? () => setDialog('rename') : undefined}
            onHelp={onHelp}
          />
        }
      />
      <SettingsDialog
        opened={dialog === 'settings'}
        devices={session.devices}
        snapshot={devices}
        onClose={close}
      />
      <RenameDialog
        opened={dialog === 'rename'}
        name={snapshot.meeting.status === 'found' ? snapshot.meeting.name : ''}
        onName={(name) => void session.rename(name)}
        onClose={close}
      />
      <ShortcutsDialog
        opened={dialog === 'shortcuts'}
        commands={commands}
        isOn={usesShortcuts}
        onSwitch={(isOn) => {
          preferences.usesShortcuts = isOn;
          setUsesShortcuts(isOn);
        }}
        onClose={close}
      />
    </>
  );
}
