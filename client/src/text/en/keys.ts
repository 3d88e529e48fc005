/** Texts of being asked for a key of the server. */
export const keys = {
  title: 'This server asks for a key',
  create: 'Whoever runs it gives out a key for making meetings.',
  record: 'Whoever runs it gives out a key for recording.',
  label: 'Key',
  wrong: 'This key is not right.',
  goOn: 'Continue',
  cancel: 'Cancel',
};
