/** Texts of the page about the disk and what is deleted when. */
export const storage = {
  title: 'Storage',
  disk: 'Disk',
  used: 'Recordings',
  usedBy: (recordings: number) => (recordings === 1 ? 'in one recording' : `in ${recordings} recordings`),
  free: 'Free',
  ofDisk: (total: string) => `of a disk of ${total}`,
  full: 'Disk full',
  fullNever: 'Not in sight',
  fullInDays: (days: number) => (days === 0 ? 'Today' : days === 1 ? 'In a day' : `In ${days} days`),
  fullOn: (date: string, perDay: string) => `on ${date}, at ${perDay} a day`,
  pace: (perDay: string) => `at ${perDay} a day, as in the last 30 days`,
  nothingAdded: 'nothing was added in the last 30 days',
  fullNow: (reserve: string) =>
    `Fewer than ${reserve} are free: nothing is recorded until there is more room.`,
  clockJumped: (hours: number, left: number) =>
    `The server's clock has jumped ahead by ${hours} h. For ${left} h yet nothing is deleted because of its age by itself: see that the clock is right, and pin what was dated wrongly.`,
  meter: (used: string, other: string, free: string) =>
    `${used} of recordings, ${other} of other files, ${free} free`,
  other: 'Other files',
  plotTitle: 'New recordings per day',
  plotSummary: (total: string, recordings: number, most: string, day: string) =>
    `${total} in ${recordings === 1 ? 'one recording' : `${recordings} recordings`} in the last 90 days; most on ${day}: ${most}.`,
  plotEmpty: 'Nothing was recorded in the last 90 days.',
  asTable: 'Show as a table',
  day: 'Day',
  size: 'Size',
  recordings: 'Recordings',
  bar: (day: string, size: string, recordings: number) =>
    `${day}: ${size}, ${recordings === 1 ? 'one recording' : `${recordings} recordings`}`,
};

/** Texts of the rules by which recordings are deleted. */
export const retention = {
  title: 'Deletion by rules',
  lead: 'Once an hour, recordings that the rules name are deleted for good, the oldest first. When there is too much in all, the meeting that takes the most gives first, until meetings are level. Pinned ones are kept.',
  byAge: 'Delete recordings older than',
  daysUnit: 'days',
  bySize: 'Keep all recordings together below',
  emptyIsNone: 'Empty: no such rule',
  wrongDays: 'Enter a whole number from 1 to 36500.',
  wrongSize: 'Enter a number above 0.',
  save: 'Save rules',
  saved: 'The rules are saved.',
  noRules: 'Without rules nothing is ever deleted by itself.',
  nothing: 'These rules would delete nothing now.',
  would: (count: number, size: string) =>
    `These rules would now delete ${count === 1 ? 'one recording' : `${count} recordings`}, ${size}:`,
  spared: (count: number, size: string) =>
    `${count === 1 ? 'One pinned recording' : `${count} pinned recordings`} (${size}) would be kept although the rules name ${count === 1 ? 'it' : 'them'}.`,
  reason: { days: 'too old', bytes: 'too much in all' },
  andMore: (count: number) => `and ${count} more`,
  showAll: 'Show all of them',
  saveTitle: 'Save these rules?',
  saveBody: (count: number, size: string) =>
    `Within the hour they delete ${count === 1 ? 'one recording' : `${count} recordings`} (${size}) for good. This cannot be undone.`,
  saveYes: 'Save and delete',
  cancel: 'Cancel',
  run: 'Delete now',
  runTitle: (count: number) =>
    count === 1 ? 'Delete one recording now?' : `Delete ${count} recordings now?`,
  runBody: (size: string) => `${size} are deleted for good. This cannot be undone.`,
  runYes: 'Delete for good',
  ran: (count: number, size: string) =>
    `${count === 1 ? 'One recording' : `${count} recordings`} deleted, ${size} set free.`,
  runFailed: (count: number) =>
    `${count === 1 ? 'One recording' : `${count} recordings`} could not be deleted; the server’s log says why.`,
};
