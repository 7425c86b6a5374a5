/** A plugin of Vite: of the emoji data, the built app carries only what it reads, which is half of them. */
import type { Plugin } from 'vite';

const DATA = /\/emojibase-data\/\w+\/data\.json$/;

interface Entry extends Record<string, unknown> {
  readonly skins?: readonly Record<string, unknown>[];
}

export const slimEmoji = (): Plugin => ({
  name: 'slim-emoji',
  enforce: 'pre',
  transform(code, id) {
    if (!DATA.test(id)) return undefined;
    const slim = (JSON.parse(code) as Entry[])
      // Parts of emoji, such as letters of flags, belong to no group.
      .filter(({ group }) => group !== undefined)
      .map(({ hexcode, emoji, label, version, group, tags, skins }) => ({
        ...{ hexcode, emoji, label, version, group, tags },
        skins: skins?.map((skin) => ({ emoji: skin.emoji, tone: skin.tone })),
      }));
    return { code: JSON.stringify(slim), map: null };
  },
});
