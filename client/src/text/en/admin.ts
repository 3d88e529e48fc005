/** Texts of the administrator's ways between the pages of the archive, of signing in, and of the account. */
export const admin = {
  nav: 'Archive',
  recordings: 'Recordings',
  storage: 'Storage',
  audit: 'Audit log',
  account: 'Account',
  api: 'API',
  tryAgainIn: (seconds: number) => `Too many attempts. Try again in ${seconds} s.`,
};

export const account = {
  passwordTitle: 'Change password',
  current: 'Current password',
  next: 'New password',
  nextHint: 'At least 8 characters. Every other browser is signed out.',
  tooShort: 'Use at least 8 characters.',
  change: 'Change password',
  changed: 'The password is changed. Every other browser has been signed out.',
  sessionTitle: 'Sign out',
  sessionBody: 'A session ends by itself after 7 days. Sign out everywhere if a device was lost.',
  signOut: 'Sign out',
  everywhere: 'Sign out everywhere',
  everywhereTitle: 'Sign out everywhere?',
  everywhereBody: 'Every browser is signed out at once, this one too.',
  stay: 'Stay signed in',
  apiTitle: 'For programs',
  apiBody: 'Everything on these pages is also an HTTP API.',
  apiLink: 'Read about the API',
};
