/**
 * Choosing an emoji: a popover at its anchor, a sheet on phones. It is open while it has an anchor. Its code and the emoji are
 * loaded when they are first needed.
 */
import { lazily } from '../parts/lazily.tsx';
import type { EmojiPickerProps } from './EmojiPopup.tsx';

export const EmojiPicker = lazily<EmojiPickerProps>(
  async () => (await import('./EmojiPopup.tsx')).EmojiPopup,
  ({ anchor }) => anchor !== undefined,
);
