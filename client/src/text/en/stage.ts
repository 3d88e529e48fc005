/** Texts of the pictures in the meeting, and of how they are arranged. */
export const stage = {
  label: 'People in the meeting',
  pages: 'Pages of people',
  page: (page: number, pages: number) => `${page} / ${pages}`,
  previousPage: 'Previous page',
  nextPage: 'Next page',
  heldBack: 'Picture paused: your connection is slow. Sound comes first.',
  pin: (label: string) => `Pin ${label}`,
};
