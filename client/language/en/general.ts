/** What is said everywhere: buttons, problems, the connection, storage, days and presence. */
export const general = {
  app: 'Tidewire',
  tagline: 'Messages that keep working without a network.',
  cancel: 'Cancel',
  close: 'Close',
  retry: 'Try again',
  back: 'Back to chats',
  you: 'You',
  problem: {
    network: 'The server cannot be reached. Check your connection and try again.',
    unknown: 'That did not work. Please try again.',
    nameMissing: 'Enter your name.',
    emailMissing: 'Enter your email address.',
    emailWrong: 'This does not look like an email address.',
    passwordMissing: 'Enter your password.',
    passwordShort: 'Use at least 8 characters.',
  },
  connection: {
    connecting: 'Connecting…',
    offline: 'Offline',
    offlineWaiting_one: 'Offline, {{count, number}} waiting',
    offlineWaiting_other: 'Offline, {{count, number}} waiting',
    syncing: 'Syncing…',
  },
  storage: {
    quota: 'The storage of this device is full, so messages cannot be kept here.',
    blocked: 'This browser does not let Tidewire keep messages on this device.',
    outdated: 'A newer version of Tidewire is open in another tab. Reload to go on here.',
    unavailable: 'This browser cannot keep messages on this device, perhaps because of a private window.',
    wiped: 'The browser removed the messages kept on this device. They are being fetched again.',
    unknown: 'Messages cannot be kept on this device.',
  },
  session: {
    over: 'You have been signed out. Your messages are still on this device.',
    overWaiting_one:
      'You have been signed out. {{count, number}} message has not been sent and is kept here until you sign in again.',
    overWaiting_other:
      'You have been signed out. {{count, number}} messages have not been sent and are kept here until you sign in again.',
    remove: 'Remove them',
  },
  removeData: {
    title: 'Remove your messages from this device?',
    hint: 'Everything was sent. It is here again when you sign in.',
    action: 'Remove',
  },
  update: {
    ready: 'A new version is ready',
    reload: 'Reload',
    later: 'Later',
  },
  failure: {
    title: 'Something went wrong',
    hint: 'Your messages are safe on this device. Load the app again to continue.',
  },
  dates: {
    today: 'Today',
    yesterday: 'Yesterday',
  },
  presence: {
    typing_one: '{{names, list}} is typing…',
    typing_other: '{{names, list}} are typing…',
    typingMany: 'Several people are typing…',
    online: 'online',
    /** `when` as the three below say it. */
    lastSeen: 'last seen {{when}}',
    today: 'at {{time}}',
    yesterday: 'yesterday at {{time}}',
    earlier: 'on {{date}}',
  },
} as const;
