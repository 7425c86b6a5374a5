/** Arabic. */
import { chats } from './chats.ts';
import { conversation } from './conversation.ts';
import { entry } from './entry.ts';
import { general } from './general.ts';
import { groups } from './groups.ts';
import { media } from './media.ts';
import { settings } from './settings.ts';
import { shortcuts } from './shortcuts.ts';
import { writing } from './writing.ts';

export const arabic = {
  ...general,
  ...entry,
  ...chats,
  ...settings,
  ...groups,
  ...conversation,
  ...writing,
  ...media,
  ...shortcuts,
};
