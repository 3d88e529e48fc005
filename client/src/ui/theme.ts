import { createTheme, type MantineColorsTuple, Modal } from '@mantine/core';

/** Verdigris: calm, and far from the red that means recording. */
const verdigris: MantineColorsTuple = [
  '#e9f8f4',
  '#d3eee6',
  '#a5ddcd',
  '#74cbb3',
  '#4dbc9e',
  '#34a98b',
  '#1f8f75',
  '#12745e',
  '#0b5d4b',
  '#044637',
];

/** Greys with a trace of the accent, so that fields and buttons belong to the page. */
const dark: MantineColorsTuple = [
  '#dde4e2',
  '#bcc6c4',
  '#94a09e',
  '#6d7978',
  '#414b4c',
  '#333c3d',
  '#252c2d',
  '#1c2223',
  '#151a1b',
  '#0f1314',
];

export const theme = createTheme({
  primaryColor: 'verdigris',
  // White words on it reach 4.5:1 in both themes.
  primaryShade: 7,
  colors: { verdigris, dark },
  defaultRadius: 'md',
  fontFamily:
    '"Inter", ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "PingFang SC", "Microsoft YaHei", sans-serif',
  headings: { fontWeight: '650' },
  respectReducedMotion: true,
  cursorType: 'pointer',
  components: {
    Modal: Modal.extend({
      defaultProps: {
        centered: true,
        radius: 'lg',
        transitionProps: { duration: 120 },
        // The page has one banner; the head of a dialog is none.
        attributes: { header: { role: 'presentation' } },
      },
    }),
  },
});
