/** Something of the page that is switched on and off. */
export interface Mode {
  isOn: boolean;
  toggle: () => void;
}

/** Mantine's hooks as a mode; undefined where the browser has no full screen for anything but a video: iPhones. */
export function fullscreenMode(hook: { fullscreen: boolean; toggle: () => Promise<void> }): Mode | undefined {
  if (!document.fullscreenEnabled) return undefined;
  const toggle = (): void => {
    hook.toggle().catch((cause: unknown) => console.warn('fullscreen-refused', cause));
  };
  return { isOn: hook.fullscreen, toggle };
}
