/** The people and messages that the scenes show. Times count back from now, so that headings say what they say. */
import { isDeleted, type Message } from '../../../schema/document/message.ts';
import type { Invite } from '../../../schema/http/invites.ts';
import type { ApiKey } from '../../../schema/http/keys.ts';
import type { DeviceSession } from '../../../schema/http/sessions.ts';
import { type ConversationId, type MessageId, messageId, type UserId } from '../../../schema/ids.ts';
import type { Account, ConversationSummary, Delivery, TimelineRow } from '../../conversation/conversation.ts';

export const user = (id: string): UserId => id as UserId;
export const conversation = (id: string): ConversationId => id as ConversationId;

export const me: Account = { id: user('u-mara'), name: 'Mara Lindqvist', email: 'mara@example.org' };

export const people = [
  ['u-ana', 'Ana Ferreira'],
  ['u-bo', 'Bo Nakamura'],
  ['u-chidi', 'Chidi Okafor'],
  ['u-dalia', 'داليا حداد'],
  ['u-elif', 'Elif Şahin'],
  ['u-finn', 'Finn O’Sullivan'],
  ['u-greta', 'Greta Wolfeschlegelsteinhausenbergerdorff-Montgomery the Third'],
  ['u-hugo', 'Hugo Brandt'],
].map(([id, name]) => ({ id: user(id as string), name: name as string }));

const MINUTE_MS = 60_000;
const DAY = 24 * 60;

export const minutesAgo = (minutes: number): number => Date.now() - minutes * MINUTE_MS;

export const devices = (): DeviceSession[] => [
  {
    ...{ id: 'd-here', browser: 'Chrome', system: 'Linux', kind: 'computer', isCurrent: true, isActive: true },
    ...{ signedInAt: minutesAgo(9 * DAY), seenAt: minutesAgo(0) },
  },
  {
    ...{ id: 'd-phone', browser: 'Safari', system: 'iPhone', kind: 'phone', isCurrent: false, isActive: true },
    ...{ signedInAt: minutesAgo(40 * DAY), seenAt: minutesAgo(2) },
  },
  {
    ...{
      id: 'd-tablet',
      browser: 'Samsung Internet',
      system: 'Android',
      kind: 'tablet',
      isCurrent: false,
      isActive: false,
    },
    ...{ signedInAt: minutesAgo(3 * DAY), seenAt: minutesAgo(DAY + 90) },
  },
  {
    ...{ id: 'd-bot', browser: 'curl', kind: 'unknown', isCurrent: false, isActive: false },
    ...{ signedInAt: minutesAgo(200), seenAt: minutesAgo(190) },
  },
];

export const apiKeys = (): ApiKey[] => [
  {
    ...{ id: 'k-echo', name: 'Echo bot', start: 'tw_7Qp2', scopes: ['read', 'write'] },
    ...{ createdAt: minutesAgo(3 * DAY), usedAt: minutesAgo(4), expiresAt: minutesAgo(-87 * DAY) },
  },
  {
    ...{ id: 'k-backup', name: 'Nightly copy into the archive of the association', start: 'tw_mX0c' },
    ...{ scopes: ['read', 'export'], createdAt: minutesAgo(210 * DAY), usedAt: minutesAgo(DAY + 30) },
  },
  {
    ...{ id: 'k-old', name: 'Calendar', start: 'tw_9aZk', scopes: ['read'] },
    ...{ createdAt: minutesAgo(100 * DAY), expiresAt: minutesAgo(10 * DAY) },
  },
];

export const invites = (): Invite[] => [
  {
    ...{ id: 'i-new', token: 'f1rstT0kenOfALinkIntoTheGroup_01234567', by: me.id, createdAt: minutesAgo(50) },
    ...{ expiresAt: minutesAgo(-6 * DAY), uses: 2 },
  },
  {
    ...{ id: 'i-old', token: 's3cndT0kenOfALinkIntoTheGroup_01234567', by: 'u-bo', createdAt: minutesAgo(20 * DAY) },
    ...{ expiresAt: minutesAgo(-400), uses: 9, maxUses: 10 },
  },
];

let clock = 0;

interface Line {
  readonly from?: string;
  readonly ago: number;
  readonly text?: string;
  readonly delivery?: Delivery;
  readonly pending?: boolean;
  readonly edited?: number;
  readonly deletedBy?: string;
}

/** One row: an own message unless `from` is given; a tombstone when `deletedBy` is. */
export function row({
  from,
  ago,
  text = '',
  delivery = 'read',
  pending = false,
  edited,
  deletedBy,
}: Line): TimelineRow {
  const author = from ? user(from) : me.id;
  const base = { id: messageId(7, clock++), from: author, at: minutesAgo(ago) };
  const message: Message = deletedBy
    ? { ...base, deletedAt: minutesAgo(ago - 1), by: user(deletedBy) }
    : { ...base, text, ...(edited !== undefined && { editedAt: minutesAgo(edited) }) };
  return from ? { message, epoch: 0, own: false, pending } : { message, epoch: 0, own: true, pending, delivery };
}

export const directRows = (): TimelineRow[] => [
  row({ from: 'u-ana', ago: 2 * DAY + 190, text: 'Are you still coming to the harbour on Saturday?' }),
  row({ ago: 2 * DAY + 186, text: 'Yes! I booked the 9:40 ferry. Should be there a little after ten.' }),
  row({ ago: 2 * DAY + 185, text: 'Shall I bring the small tent?' }),
  row({ from: 'u-ana', ago: 2 * DAY + 140, text: 'Please do. And the good stove, ours is leaking again 🙈' }),
  row({
    ago: DAY + 300,
    text: 'Packed both. The forecast looks calm, 14° and hardly any wind:\nhttps://weather.example.org/harbour/saturday',
    edited: DAY + 296,
  }),
  row({ from: 'u-ana', ago: DAY + 280, deletedBy: 'u-ana' }),
  row({
    from: 'u-ana',
    ago: DAY + 278,
    text: 'Perfect. I found the old map, the one with the path behind the lighthouse. It is faster than the road and you see the seals if you are lucky and very quiet.',
  }),
  row({ from: 'u-ana', ago: DAY + 277, text: '🦭' }),
  row({
    ago: 95,
    text: 'I lost the network in the tunnel and just kept writing. Everything went out when we came up.',
  }),
  row({ from: 'u-ana', ago: 92, text: 'I saw. All of it at once 😄' }),
  row({ from: 'u-ana', ago: 91, text: 'ok' }),
  row({ ago: 34, text: 'Meet at the blue kiosk?', delivery: 'delivered' }),
  row({ ago: 12, text: 'I will be the one with far too many bags.', delivery: 'sent' }),
  row({ ago: 0.4, text: 'Boarding now ⛴️', delivery: 'sending' }),
];

/** What each of these rows replies to: another row, or something that is not here. */
const withReplies = (rows: TimelineRow[], replies: Readonly<Record<number, number | 'absent'>>): TimelineRow[] =>
  rows.map((each, index) => {
    const to = replies[index];
    if (to === undefined || isDeleted(each.message)) return each;
    const quoted = typeof to === 'number' ? (rows[to] as TimelineRow).message : to;
    const re = typeof quoted === 'object' ? quoted.id : messageId(7, 0);
    return { ...each, message: { ...each.message, re }, quoted };
  });

const festivalRows = (): TimelineRow[] => [
  row({
    from: 'u-bo',
    ago: DAY + 420,
    text: 'Draft of the programme is in the folder. Comments until Thursday please.',
  }),
  row({ from: 'u-chidi', ago: DAY + 400, text: 'Two rooms are double-booked on Sunday afternoon.' }),
  row({ from: 'u-chidi', ago: DAY + 399, text: 'Room 3 and the small hall.' }),
  row({
    ago: DAY + 380,
    text: 'Good catch. I moved the workshop to Room 5, there is more light anyway.',
    delivery: 'read',
  }),
  row({ from: 'u-greta', ago: DAY + 200, deletedBy: me.id }),
  row({
    from: 'u-dalia',
    ago: DAY + 190,
    text: 'صباح الخير! هل يمكننا تغيير موعد ورشة العمل إلى الساعة الثالثة؟\nشكراً لكم جميعاً',
  }),
  row({ ago: 130, text: 'Of course. Three o’clock it is.', delivery: 'delivered', edited: 128 }),
  row({
    from: 'u-elif',
    ago: 44,
    text: 'Printer says the badges are ready on Friday. I can pick them up on my way, but somebody has to be at the desk until six.',
  }),
  row({ from: 'u-finn', ago: 41, text: 'I can do the desk.' }),
  row({
    from: 'u-finn',
    ago: 40,
    text: 'Also: who has the key for the AV cupboard? The one on the hook opens www.example.org/avcupboard (joking) and nothing else.',
  }),
  row({
    from: 'u-greta',
    ago: 18,
    text: 'Thatsaverylongwordwithoutanyspacesinitbecausesomebodypastedatokenoranurlthatneverends_0123456789_0123456789_0123456789_0123456789',
  }),
  row({ from: 'u-bo', ago: 6, text: 'Key is with me.' }),
];

/** Emoji and who gave it, by row. */
const withReactions = (rows: TimelineRow[], given: Readonly<Record<number, Record<string, UserId[]>>>): TimelineRow[] =>
  rows.map((each, index) => {
    const reactions = Object.entries(given[index] ?? {}).map(([emoji, users]) => ({ emoji, users }));
    return reactions.length > 0 ? { ...each, reactions } : each;
  });

export const groupRows = (): TimelineRow[] =>
  withReactions(withReplies(festivalRows(), { 3: 1, 5: 4, 6: 5, 8: 7, 11: 'absent' }), {
    3: { '❤️': [user('u-bo'), user('u-elif')] },
    6: { '🙏': [user('u-dalia')] },
    8: { '❤️': [user('u-elif')], '👍': [me.id, user('u-bo'), user('u-chidi')] },
  });

export const formattedRows = (): TimelineRow[] => [
  row({
    from: 'u-finn',
    ago: 60,
    text: 'The plan for **Saturday**, *if the weather holds*, ~~by train~~ by ferry:\n\n1. Meet at the kiosk\n2. Tickets, `--return`\n   - two adults\n   - one child\n3. [The path](https://maps.example.org/path) behind the lighthouse',
  }),
  row({ ago: 58, text: '> by ferry\n\n[@Finn O’Sullivan](user:u-finn) which one? https://ferry.example.org/a_b_c' }),
  row({
    from: 'u-finn',
    ago: 55,
    text: 'This one, from their API:\n```json\n{\n  "departs": "09:40",\n  "pier": 3,\n  "note": "Bicycles are carried free of charge on all sailings before noon, subject to space on deck"\n}\n```\nThanks [@Mara](user:u-mara)!',
  }),
  row({ ago: 52, text: 'snake_case, 2*3*4 and ¯\\_(ツ)_/¯ stay as they are.\n\n\nAnd so do\n    lines.' }),
  row({ from: 'u-finn', ago: 50, text: '- milk\n- **bread**\n- غداً نلتقي في المرفأ' }),
  row({ ago: 49, text: '🦭🦭' }),
];

const PHRASES = [
  'Yes.',
  'That works for me.',
  'I looked at it again and I think we should keep the first version. It is shorter, and nobody will miss the table.',
  'Who is on call tonight?',
  'Let us talk about it tomorrow morning.\nI will bring the numbers.',
  'Thanks!',
  'There is one more thing: the report from last week counts two visitors twice, so the total is a little lower than we told everybody.',
];

/** Many rows of different heights over several days, oldest first. */
export const manyRows = (count: number, from: string, everyMinutes = 11): TimelineRow[] =>
  Array.from({ length: count }, (_, index) => {
    const ago = (count - index) * everyMinutes;
    const text = `${index + 1}. ${PHRASES[(index * 5) % PHRASES.length]}`;
    return index % 5 < 2 ? row({ ago, text }) : row({ from, ago, text });
  });

/** Some have a picture or say something of themselves. */
const SAID: Readonly<Record<string, { readonly status?: string; readonly picture?: string }>> = {
  'u-ana': { status: 'Out with the seals until Sunday 🦭', picture: 'ana' },
  'u-elif': { status: 'Bitte nur vormittags', picture: 'elif' },
  'u-hugo': { picture: 'hugo' },
};

const member = (id: string, role: 'owner' | 'admin' | 'member' = 'member') => {
  const person = id === me.id ? me : people.find((one) => one.id === id);
  return { id: user(id), name: person?.name ?? id, role, ...SAID[id] };
};

const direct = (
  id: string,
  other: string,
  rest: Omit<ConversationSummary, 'id' | 'kind' | 'title' | 'members'>,
): ConversationSummary => ({
  id: conversation(id),
  kind: 'direct',
  title: member(other).name,
  members: [member(me.id), member(other)],
  ...(SAID[other]?.picture !== undefined && { picture: SAID[other].picture }),
  ...rest,
});

const DELETED = null;

export const summaries = (): ConversationSummary[] => [
  direct('ana', 'u-ana', {
    unread: 0,
    isPinned: true,
    last: { from: me.id, at: minutesAgo(0.4), text: 'Boarding now ⛴️', delivery: 'sending' },
  }),
  {
    id: conversation('festival'),
    kind: 'group',
    title: 'Harbour festival, programme and rooms',
    description: 'Everything for the weekend of the 14th: rooms, programme, helpers.\nNo decisions after midnight.',
    members: [
      member(me.id, 'owner'),
      member('u-bo', 'admin'),
      ...['u-chidi', 'u-dalia', 'u-elif', 'u-finn', 'u-greta'].map((id) => member(id)),
    ],
    unread: 5,
    isMentioned: true,
    last: { from: user('u-bo'), at: minutesAgo(6), text: 'Key is with me.' },
  },
  direct('dalia', 'u-dalia', {
    unread: 0,
    last: { from: user('u-dalia'), at: minutesAgo(75), text: 'شكراً! أراك غداً' },
  }),
  direct('greta', 'u-greta', {
    unread: 128,
    isMuted: true,
    last: {
      from: user('u-greta'),
      at: minutesAgo(118),
      text: 'And another thing, which I forgot to say in the last eleven messages',
    },
  }),
  direct('hugo', 'u-hugo', {
    unread: 0,
    last: { from: me.id, at: minutesAgo(200), text: 'Invoice is paid, thank you!', delivery: 'read' },
  }),
  direct('bo', 'u-bo', {
    unread: 0,
    last: { from: me.id, at: minutesAgo(DAY + 30), text: 'See you at the station', delivery: 'delivered' },
  }),
  {
    id: conversation('family'),
    kind: 'group',
    title: 'Family',
    picture: 'family',
    members: [member(me.id), member('u-elif', 'owner'), member('u-finn')],
    unread: 0,
    last: { from: user('u-finn'), at: minutesAgo(2 * DAY), text: DELETED },
  },
  direct('elif', 'u-elif', {
    unread: 0,
    last: { from: me.id, at: minutesAgo(3 * DAY), text: 'I will ask and come back to you', delivery: 'sent' },
  }),
  direct('finn', 'u-finn', {
    unread: 0,
    isMarkedUnread: true,
    last: { from: user('u-finn'), at: minutesAgo(16 * DAY), text: 'Thanks for the photos' },
  }),
  direct('chidi', 'u-chidi', { unread: 0, isArchived: true }),
];

export const someId = (rows: readonly TimelineRow[], index: number): MessageId =>
  rows.at(index)?.message.id as MessageId;
