/**
 * Every word a person reads, in one place, so that a translation is another module of this shape. Components hold no
 * text of their own. Counts go through `Intl.PluralRules`; dates are formatted in `dates.ts` with the same locale.
 */
import type { RefusalKind } from '../../schema/refusals.ts';
import type { Delivery, StorageFailure } from '../conversation/conversation.ts';

/** The words are English; the person's own kind of English decides about dates, 24 hours for everybody else. */
export const locale = globalThis.navigator?.languages?.find((language) => language.startsWith('en')) ?? 'en-GB';

const rules = new Intl.PluralRules(locale);
const number = new Intl.NumberFormat(locale);
const list = new Intl.ListFormat(locale, { type: 'conjunction' });

/** `#` stands for the formatted count. */
function plural(count: number, forms: { one: string; other: string }): string {
  const form = rules.select(count) === 'one' ? forms.one : forms.other;
  return form.replace('#', number.format(count));
}

export const text = {
  app: 'Tidewire',
  tagline: 'Messages that keep working without a network.',
  cancel: 'Cancel',
  close: 'Close',
  back: 'Back to conversations',
  you: 'You',
  count: (count: number) => number.format(count),
  /** A badge has room for three characters. */
  badge: (count: number) => (count > 99 ? '99+' : number.format(count)),
  names: (names: readonly string[]) => list.format(names),
  pageTitle: (unread: number, title?: string) =>
    `${unread > 0 ? `(${text.badge(unread)}) ` : ''}${title ? `${title} · ` : ''}Tidewire`,

  signIn: {
    title: 'Sign in',
    action: 'Sign in',
    busy: 'Signing in…',
    email: 'Email',
    password: 'Password',
    show: 'Show password',
    hide: 'Hide password',
    switch: 'New here?',
    switchAction: 'Create an account',
    again: 'Sign in again',
    againHint: (email: string) => `Your messages stayed on this device. Sign in as ${email} to continue.`,
  },
  signUp: {
    title: 'Create an account',
    action: 'Create account',
    busy: 'Creating the account…',
    name: 'Name',
    nameHint: 'The name other people see.',
    passwordHint: 'At least 8 characters.',
    switch: 'Already have an account?',
    switchAction: 'Sign in',
  },
  problem: {
    network: 'The server cannot be reached. Check your connection and try again.',
    unknown: 'That did not work. Please try again.',
    nameMissing: 'Enter your name.',
    emailMissing: 'Enter your email address.',
    emailWrong: 'This does not look like an email address.',
    passwordMissing: 'Enter your password.',
    passwordShort: 'Use at least 8 characters.',
  },

  list: {
    title: 'Chats',
    label: 'Conversations',
    new: 'New conversation',
    emptyTitle: 'No conversations yet',
    emptyHint:
      'Write to a person, or start a group. What you write is kept on this device and sent when there is a network.',
    loading: 'Loading conversations…',
    noMessages: 'No messages yet',
    deleted: 'Message deleted',
    draft: 'Draft:',
    own: 'You:',
    unread: (count: number) => plural(count, { one: '# unread message', other: '# unread messages' }),
    archived: (count: number) => plural(count, { one: '# archived chat', other: '# archived chats' }),
    pinned: 'Pinned',
    muted: 'Muted',
  },
  keep: {
    pin: 'Pin to the top',
    unpin: 'Unpin',
    mute: 'Mute',
    unmute: 'Unmute',
    archive: 'Archive',
    unarchive: 'Move out of the archive',
  },
  settings: {
    open: 'Settings…',
    title: 'Settings',
    hint: 'The same on all your devices.',
    privacy: 'Privacy',
    presence: 'Online and last seen',
    typing: 'Typing',
    hints: {
      presence: 'Others see when you are online. If it is off, you do not see it of them either.',
      typing: 'Others see when you are writing to them. If it is off, you do not see it of them either.',
    },
  },
  search: {
    label: 'Search chats and messages',
    labelWithin: (title: string) => `Search messages in ${title}`,
    inConversation: 'Search in this conversation',
    within: 'In',
    leave: (title: string) => `In ${title}. Search everywhere`,
    placeholder: 'Search',
    clear: 'Clear search',
    results: 'Search results',
    conversations: 'Chats',
    messages: 'Messages',
    nothing: (query: string) => `Nothing matches “${query}”.`,
    /** What the messages shown were taken from. */
    covers: {
      device: 'On this device. Searching all messages…',
      all: 'All messages',
      offline: 'Offline: only what is on this device',
      failed: 'Only what is on this device: the server did not answer.',
    },
    retry: 'Try again',
    more: 'More messages',
    found: (count: number) => plural(count, { one: '# message found', other: '# messages found' }),
  },
  create: {
    title: 'New conversation',
    search: 'Search people',
    hint: 'Search for people by name or email.',
    searching: 'Searching…',
    nobody: (query: string) => `Nobody found for “${query}”.`,
    results: 'People found',
    chosen: 'Chosen people',
    remove: (name: string) => `Remove ${name}`,
    groupName: 'Group name',
    groupMissing: 'Give the group a name.',
    makeGroup: 'Make it a group with a name',
    start: 'Start conversation',
    createGroup: 'Create group',
    busy: 'Creating…',
  },
  account: {
    menu: 'Account and settings',
    theme: 'Theme',
    themes: { system: 'Same as system', light: 'Light', dark: 'Dark' },
    devices: 'Devices',
    signOut: 'Sign out',
  },
  devices: {
    title: 'Devices',
    hint: 'Sign out what you do not recognise.',
    here: 'This device',
    others: 'Other devices',
    none: 'You are signed in on this device only.',
    name: (browser: string, system: string) => `${browser} on ${system}`,
    unknown: 'Unknown device',
    active: 'Active now',
    seen: (when: string) => `Last seen ${when}`,
    since: (when: string) => `Signed in ${when}`,
    end: 'Sign out',
    endOf: (name: string) => `Sign out ${name}`,
    sure: (name: string) => `Sign out ${name}? It keeps what was not sent there until somebody signs in again.`,
    endOthers: 'Sign out all other devices',
    sureOthers: (count: number) =>
      plural(count, { one: 'Sign out # other device?', other: 'Sign out # other devices?' }),
    busy: 'Signing out…',
    ended: 'The device is signed out.',
    endedOthers: 'All other devices are signed out.',
    loading: 'Loading devices…',
    offline: 'Your devices can be shown when you are online.',
    retry: 'Try again',
  },
  signOut: {
    title: 'Sign out of this device?',
    waiting: (count: number) =>
      plural(count, { one: '# message has not been sent yet.', other: '# messages have not been sent yet.' }),
    unknown: 'The server cannot be reached, so some messages may not have been sent yet.',
    drafts: 'You have drafts that were never sent.',
    keep: 'Keep my data on this device',
    keepHint: 'Sign in again here and unsent messages go out.',
    remove: 'Remove my data from this device',
    removeHint: 'What was not sent is lost for good.',
    action: 'Sign out',
    busy: 'Signing out…',
  },

  conversation: {
    members: (count: number) => plural(count, { one: '# member', other: '# members' }),
    membersTitle: 'Members',
    memberDetail: (role: 'owner' | 'admin' | 'member', isYou: boolean) =>
      [isYou ? text.you : '', { owner: 'Owner', admin: 'Admin', member: '' }[role]].filter(Boolean).join(' · '),
    none: 'Choose a conversation',
    noneHint: 'Everything you have received is on this device, also without a network.',
    unknownTitle: 'This conversation is not here',
    unknownHint: 'You are not a member of it, or this device has not heard of it yet.',
    emptyTitle: 'No messages yet',
    emptyHint: (title: string) => `Say hello to ${title}.`,
    absentTitle: 'Not on this device yet',
    absentHint: 'These messages were not opened on this device before. They appear as soon as you are online.',
    loading: 'Loading messages…',
    loadingOlder: 'Loading older messages…',
    olderAbsent: 'Older messages are not on this device. They appear when you are online.',
    loadingNewer: 'Loading newer messages…',
    newerAbsent: 'Newer messages are not on this device. They appear when you are online.',
    timeline: (title: string) => `Messages with ${title}`,
    newMessages: 'New messages',
    jump: 'Jump to latest',
    jumpNew: (count: number) => plural(count, { one: 'Jump to latest · # new', other: 'Jump to latest · # new' }),
    announce: (name: string, message: string) => `${name}: ${message}`,
    announceMany: (count: number) => plural(count, { one: '# new message', other: '# new messages' }),
    copied: 'Copied',
  },
  presence: {
    typing: (names: readonly string[]) =>
      names.length > 2
        ? 'Several people are typing…'
        : `${list.format(names)} ${names.length === 1 ? 'is' : 'are'} typing…`,
    online: 'online',
    /** `when` as the three below say it. */
    lastSeen: (when: string) => `last seen ${when}`,
    today: (time: string) => `at ${time}`,
    yesterday: (time: string) => `yesterday at ${time}`,
    earlier: (date: string) => `on ${date}`,
  },
  jump: {
    menu: 'Conversation menu',
    toDate: 'Go to a date…',
    toFirstUnread: 'Go to the first unread message',
    dateTitle: 'Go to a date',
    date: 'Date',
    dateHint: 'The first message of that day, or the next one after it.',
    dateMissing: 'Choose a date.',
    go: 'Go',
    searching: 'Looking for the message…',
    unknown: 'This message does not exist, or it is in another conversation.',
    offline: 'This message is not on this device. It can be shown when you are online.',
    dismiss: 'Dismiss',
    linkCopied: 'Link copied',
  },
  message: {
    edited: 'edited',
    editedAt: (when: string) => `Edited ${when}`,
    deleted: 'This message was deleted',
    deletedByYou: 'You deleted this message',
    deletedBy: (name: string) => `This message was deleted by ${name}`,
    unknownPerson: 'Former member',
    actions: 'Message actions',
    copy: 'Copy text',
    link: 'Copy link',
    edit: 'Edit',
    delete: 'Delete for everyone',
    info: 'Info',
    pending: 'Change waiting to be sent',
    status: {
      sending: 'Waiting to be sent',
      sent: 'Sent',
      delivered: 'Delivered',
      read: 'Read',
      failed: 'Not sent',
    } satisfies Record<Delivery, string>,
  },
  info: {
    title: 'Message info',
    readBy: (count: number, of: number) => `Read by ${number.format(count)} of ${number.format(of)}`,
    notYet: 'Not read yet',
    sent: 'Sent',
    edited: 'Edited',
  },
  remove: {
    title: 'Delete this message for everyone?',
    hint: 'Its text is erased from everybody’s devices and from the server. This cannot be undone.',
    action: 'Delete',
  },
  failed: {
    message: 'Not sent',
    edit: 'Edit not saved',
    retry: 'Retry',
    editAction: 'Edit',
    copy: 'Copy',
    delete: 'Delete',
    reasons: {
      'too-long': 'The text is too long.',
      'too-large': 'This is too large.',
      'bad-text': 'The text contains characters that cannot be sent.',
      'not-found': 'The message no longer exists.',
      'not-author': 'Only its author may change this message.',
      deleted: 'The message has been deleted.',
      'window-over': 'It is too late to change this message.',
      'not-member': 'You are no longer a member of this conversation.',
      'read-only': 'This conversation takes no messages at the moment.',
      rate: 'Too many messages in a short time.',
      rejected: 'The server did not accept it.',
    } satisfies Record<RefusalKind | 'rejected', string>,
  },
  composer: {
    label: 'Message',
    placeholder: 'Write a message',
    send: 'Send',
    save: 'Save edit',
    editing: 'Editing message',
    editingFailed: 'Editing a message that was not sent',
    cancelEdit: 'Cancel editing',
    left: (count: number) => plural(count, { one: '# character left', other: '# characters left' }),
    over: (count: number) =>
      plural(count, {
        one: 'Too long by # character. Shorten the text to send it.',
        other: 'Too long by # characters. Shorten the text to send it.',
      }),
    notKept: (reason: string) => `${reason} Your text is still here.`,
    failed: 'The message could not be saved.',
  },

  connection: {
    connecting: 'Connecting…',
    offline: 'Offline',
    offlineWaiting: (count: number) => plural(count, { one: 'Offline, # waiting', other: 'Offline, # waiting' }),
    syncing: 'Syncing…',
  },
  storage: {
    quota: 'The storage of this device is full, so messages cannot be kept here.',
    blocked: 'This browser does not let Tidewire keep messages on this device.',
    unavailable: 'This browser cannot keep messages on this device, perhaps because of a private window.',
    wiped: 'The browser removed the messages kept on this device. They are being fetched again.',
    unknown: 'Messages cannot be kept on this device.',
  } satisfies Record<StorageFailure['reason'], string>,
  session: {
    over: 'You have been signed out. Your messages are still on this device.',
    overWaiting: (count: number) =>
      plural(count, {
        one: 'You have been signed out. # message has not been sent and is kept here until you sign in again.',
        other: 'You have been signed out. # messages have not been sent and are kept here until you sign in again.',
      }),
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
  dates: { today: 'Today', yesterday: 'Yesterday' },
} as const;
