/** What notifications say. Apart from `language/`, because the service worker is to stay small. */

const rules = new Intl.PluralRules('en');

export const words = {
  /** What the server sends to those who want no preview. */
  neutral: 'New message',
  messages: (count: number): string => `${count} new ${rules.select(count) === 'one' ? 'message' : 'messages'}`,
  reply: 'Reply',
  replyHint: 'Write a message',
  read: 'Mark as read',
  notSent: (reply: string): string => `Not sent: ${reply}`,
} as const;
