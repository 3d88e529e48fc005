import { Menu } from '@mantine/core';
import {
  IconDots,
  IconKeyboard,
  IconMaximize,
  IconMinimize,
  IconPencil,
  IconPictureInPicture,
  IconSettings,
} from '@tabler/icons-react';
import { useText } from '#client/text/use-text.ts';
import type { Mode } from '#client/ui/mode.ts';
import { ToolButton } from '#client/ui/toggle-button.tsx';

const ICON = { size: 18, stroke: 1.7, 'aria-hidden': true } as const;

/** What is needed now and then. */
export function MoreMenu({
  fullscreen,
  pictureInPicture,
  onSettings,
  onRename,
  onHelp,
}: {
  fullscreen: Mode | undefined;
  pictureInPicture: Mode | undefined;
  onSettings: () => void;
  /** Undefined for whoever may not. */
  onRename: (() => void) | undefined;
  onHelp: () => void;
}) {
  const { controls } = useText();
  return (
    <Menu position="top" withinPortal>
      <Menu.Target>
        <ToolButton name={controls.more} icon={<IconDots size={24} stroke={1.7} />} />
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconSettings {...ICON} />} onClick={onSettings}>
          {controls.settings}
        </Menu.Item>
        {onRename && (
          <Menu.Item leftSection={<IconPencil {...ICON} />} onClick={onRename}>
            {controls.rename}
          </Menu.Item>
        )}
        {fullscreen && (
          <Menu.Item
            leftSection={fullscreen.isOn ? <IconMinimize {...ICON} /> : <IconMaximize {...ICON} />}
            onClick={fullscreen.toggle}
          >
            {fullscreen.isOn ? controls.leaveFullscreen : controls.fullscreen}
          </Menu.Item>
        )}
        {pictureInPicture && (
          <Menu.Item leftSection={<IconPictureInPicture {...ICON} />} onClick={pictureInPicture.toggle}>
            {pictureInPicture.isOn ? controls.closePictureInPicture : controls.pictureInPicture}
          </Menu.Item>
        )}
        <Menu.Item leftSection={<IconKeyboard {...ICON} />} onClick={onHelp}>
          {controls.shortcuts}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
