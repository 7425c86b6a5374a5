/**
 * What a notification says to those who turned previews off; the app says it in its own words. Apart from `push.ts`, because the
 * service worker reads it and is to stay small.
 */
export const NEUTRAL_BODY = 'New message';
