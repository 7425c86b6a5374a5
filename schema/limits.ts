/** Every limit that clients and servers must agree on, each with its reason. */

/** A text fits a screen or three; longer things are files. Counted in code points, as Postgres counts. */
export const MAX_TEXT_CHARACTERS = 8_000;

/** One WebSocket frame. A full epoch (1,000 messages of 250 bytes) is 256 KiB; a week of offline writing fits 30 times. */
export const MAX_FRAME_BYTES = 8 * 1024 * 1024;

/**
 * Elements of one update: structs, delete ranges, messages, markers and each of their keys, receipt entries. An epoch has
 * about 1,000 messages; 20,000 are 3,300 written offline, or 1,000 with room for receipts and tombstones, and keep the
 * costliest update (all of it moved to the end) below 0.3 s and the objects made while inspecting below 10 MB.
 */
export const MAX_UPDATE_ELEMENTS = 20_000;

/**
 * An epoch closes with the commit that reaches one of these limits; what that commit brings beyond them stays in it. A full one
 * is what a person scrolls back in one go, and a phone opens it in some 20 ms.
 */
export const EPOCH_LIMITS = {
  /** Messages, deleted ones included: 150 kB of usual length. */
  messages: 1_000,
  /** Of texts, so that long ones do not make a document of 32 MB. */
  bytes: 256 * 1024,
  /** Every state vector names all writers, and so do all receipts together once for each person. */
  writers: 100,
} as const;

/** Emoji that one person gives one message: more than anybody means. */
export const MAX_REACTION_EMOJI = 5;

/** UTF-16 units of one emoji: the longest that people use has 15 (two people with a heart, a kiss and two skin tones). */
export const MAX_EMOJI_UNITS = 32;

/**
 * Keys of `reactions` in one document: ten for each message of a full epoch, 0.8 MB. Each may leave a deleted range beside it, and
 * all of those travel with every complete state, of which they must not fill more than half (`MAX_UPDATE_ELEMENTS`).
 */
export const MAX_REACTIONS = 10_000;

/** Keys of one person in one document: more than it has messages, an offline backlog included. Nobody honest has more. */
export const MAX_REACTIONS_OF_ONE = 5_000;

/** A value of an account document: a draft of two screens, or what was read by a hundred writers. */
export const MAX_ACCOUNT_VALUE_BYTES = 16 * 1024;

/** A key of an account document: the id of a conversation, or the name of a setting. */
export const MAX_ACCOUNT_KEY_CHARACTERS = 64;

/** All values of an account document with their keys: ten thousand pins, or a draft in every one of sixty conversations. */
export const MAX_ACCOUNT_BYTES = 1024 * 1024;

/**
 * Keys of `hidden` in an account document: 300 kB, so that drafts and pins find room beside them, and somebody who deletes a message
 * for themself every day for thirteen years.
 */
export const MAX_HIDDEN = 5_000;

/** A device clock may run ahead this much before the server's time replaces `at`. Phones drift by seconds, not minutes. */
export const MAX_CLOCK_AHEAD_MS = 60_000;

/** A message that would stand before more than this many messages of others moves to the end, where it is seen. */
export const MAX_OVERTAKEN_MESSAGES = 20;

/** How fast something may be read for long, and how much of it at once before that counts; both in points. */
export interface Rate {
  readonly burst: number;
  readonly perSecond: number;
}

/** Of a message on a socket: one point, and one for each of these begun. A short message and a long one cost a server about that. */
export const BYTES_A_POINT = 1024;

/**
 * How fast sockets are read. Nobody is refused anything: whoever is over a rate is read no further until it is made up for, so what
 * they send waits with them and arrives later.
 */
export const SOCKET_RATES = {
  /** One session. For long, ten times what a busy bot writes; at once, a thousand documents opened and synced twice, or the largest frame. */
  device: { burst: 10_000, perSecond: 50 },
  /** All devices of a person together: two at their limit, so that one that runs wild leaves something to the others. */
  account: { burst: 20_000, perSecond: 100 },
  /** An office that comes back after a restart: a thousand people at once, and as much for long as fifty accounts. */
  address: { burst: 1_000_000, perSecond: 5_000 },
} as const satisfies Record<string, Rate>;
export type SocketRates = Readonly<Record<keyof typeof SOCKET_RATES, Rate>>;

/** Channels on one connection: every conversation of a busy person, and no more rooms than one socket should hold. */
export const MAX_CHANNELS = 1_000;

/** Control messages are short; the longest is `watch` with a screenful of people. */
export const MAX_CONTROL_BYTES = 16 * 1024;

/** People one connection may watch: the lines of the tallest screen and the members of an open group, several times over. */
export const MAX_WATCHED = 200;

/** In larger groups somebody is always typing: it would tell nobody anything, and cost as much as messages. */
export const MAX_TYPING_MEMBERS = 20;

/** Who goes on typing says so this often: rare enough to cost nothing, often enough to outlive one lost notice. */
export const TYPING_INTERVAL_MS = 3_000;

/** Readers forget after this: two intervals, so that it neither blinks while somebody types nor stays when they left. */
export const TYPING_SHOWN_MS = 6_000;

/** A device that has a conversation before somebody's eyes says so this often, and when it changes. */
export const LOOKING_INTERVAL_MS = 20_000;

/** Two such words may be lost; a laptop that was closed without a word keeps the phone silent for no longer. */
export const LOOKING_LAPSES_MS = 2 * LOOKING_INTERVAL_MS + 5_000;

/** Files of one message: a handful of pictures. More would make one element of the document longer than a long text. */
export const MAX_MESSAGE_FILES = 10;

/** What file systems take for a name. */
export const MAX_FILE_NAME_CHARACTERS = 255;

/** A few pixels of a picture as a `data:` address: 16 px across are some 200 bytes, 300 as base64. */
export const MAX_FILE_PREVIEW_CHARACTERS = 1_000;

/** The largest side that browsers decode. */
export const MAX_FILE_SIDE_PX = 65_535;

/** A voice message: half an hour is 7 MB as browsers record speech. Who talks for longer makes a file of it. */
export const MAX_VOICE_MS = 30 * 60_000;

/** Steps of the waveform of a voice message: as many bars as a bubble has room for. */
export const VOICE_PEAKS = 48;

/** A group's title is one line in a list. */
export const MAX_TITLE_CHARACTERS = 120;

/** A person's name is one line in a list. */
export const MAX_NAME_CHARACTERS = 100;

/** What people say of themselves beside their name: one line below it. */
export const MAX_STATUS_CHARACTERS = 100;

/** A picture of a person or group: 320 px square in WebP or JPEG are some 20 kB. */
export const MAX_PICTURE_BYTES = 64 * 1024;

/** What a group is for: a paragraph that fits a phone's screen. */
export const MAX_DESCRIPTION_CHARACTERS = 500;

/** Pinned messages of a conversation: they travel with every list of conversations, and nobody reads more. */
export const MAX_PINS = 50;

/** Links into one group that work at the same time: one for each place where somebody might post it. */
export const MAX_INVITES = 20;

/** A link is passed on to people nobody thought of: a quarter of a year, and then somebody thinks of it anew. */
export const MAX_INVITE_SECONDS = 90 * 24 * 3_600;

/** Members of one conversation. Every commit notifies each of them; larger audiences want channels, not chats. */
export const MAX_MEMBERS = 1_000;

/** Webhooks of one account: more systems than anybody connects, and few enough that a message is not told a thousand times. */
export const MAX_WEBHOOKS = 20;

/** What browsers, proxies and servers take without complaint. */
export const MAX_WEBHOOK_URL_CHARACTERS = 2_048;

/** Conversations that one webhook is restricted to; who wants more wants all of them. */
export const MAX_WEBHOOK_CONVERSATIONS = 100;

/** What a webhook is for, one line in a list. */
export const MAX_WEBHOOK_DESCRIPTION_CHARACTERS = 200;

/** The former secret of a webhook signs, too, for so long after a rotation: a day to bring the new one to all receivers. */
export const WEBHOOK_ROTATION_MS = 24 * 3_600_000;

/** A webhook that took nothing for so long is disabled: more than a long weekend, and more than the last attempt of any delivery. */
export const WEBHOOK_FAILING_MS = 5 * 24 * 3_600_000;

/** What was sent stays in the log for as long as somebody may ask what happened on Friday. */
export const WEBHOOK_LOG_MS = 3 * 24 * 3_600_000;

/** What failed or was dropped stays longer: it can be sent again when the receiver is mended. */
export const WEBHOOK_FAILED_LOG_MS = 14 * 24 * 3_600_000;

/** Preview text in `head` notices and lists: two lines on a phone. */
export const MAX_PREVIEW_CHARACTERS = 140;

/** Unread messages of a conversation are counted up to this many: a badge beyond says nothing more, and costs. */
export const MAX_COUNTED_UNREAD = 1_000;

/** Counts code points, without a loop for the common short text. */
export function isTooLong(text: string): boolean {
  if (text.length <= MAX_TEXT_CHARACTERS) return false;
  if (text.length > 2 * MAX_TEXT_CHARACTERS) return true;
  let count = 0;
  for (const _ of text) count++;
  return count > MAX_TEXT_CHARACTERS;
}

/** The start of `text` that lists and notices show, cut between code points. */
export function preview(text: string): string {
  if (text.length <= MAX_PREVIEW_CHARACTERS) return text;
  const points = [...text.slice(0, 2 * MAX_PREVIEW_CHARACTERS)];
  return points.length < MAX_PREVIEW_CHARACTERS ? text : `${points.slice(0, MAX_PREVIEW_CHARACTERS - 1).join('')}…`;
}
