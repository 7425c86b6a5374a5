/**
 * The people, sessions and conversations of the benchmarks, written straight into the tables: 10,000 sign-ups would
 * measure password hashing. A token is what better-auth's bearer plugin hands out: the session's token and its HMAC.
 */
import { createHmac } from 'node:crypto';
import type { Pool } from '../../server/database/pool.ts';
import type { Member } from './generator/fleet.ts';

/** Seven apart and below 128, what the generator can read in one byte. */
const MAX_CHANNELS = 18;

/** Ids look like better-auth's: 32 characters. */
export const userId = (n: number): string => `benchuser${String(n).padStart(23, '0')}`;
const sessionToken = (n: number): string => `benchtoken${String(n).padStart(22, '0')}`;
const conversationId = (name: string, n: number): string => `bench-${name}-${String(n).padStart(6, '0')}`;

export async function seedUsers(pool: Pool, count: number): Promise<void> {
  await pool.query(
    `insert into users (id, name, email)
     select 'benchuser' || lpad(n::text, 23, '0'), 'Person ' || n, 'person' || n || '@bench.example'
       from generate_series(0, $1::int - 1) n`,
    [count],
  );
  await pool.query(
    `insert into sessions (id, "user", token, expires_at)
     select 'benchsession' || lpad(n::text, 20, '0'), 'benchuser' || lpad(n::text, 23, '0'),
            'benchtoken' || lpad(n::text, 22, '0'), now() + interval '1 day'
       from generate_series(0, $1::int - 1) n`,
    [count],
  );
}

export interface RoomsOptions {
  /** Distinguishes the conversations of one run from those of the others. */
  readonly name: string;
  readonly rooms: number;
  readonly roomSize: number;
  readonly firstUser: number;
  readonly secret: string;
}

/**
 * Makes group conversations with an empty document each: room n has the users first + n·size to first + n·size + size − 1.
 *
 * @returns one generator member for each person in each room.
 */
export async function seedRooms(
  pool: Pool,
  { name, rooms, roomSize, firstUser, secret }: RoomsOptions,
): Promise<Member[]> {
  const ids = Array.from({ length: rooms }, (_, n) => conversationId(name, n));
  await pool.query(
    `insert into conversations (id, kind, title) select id, 'group', 'A room' from unnest($1::text[]) id`,
    [ids],
  );
  await pool.query(
    `insert into members (conversation, "user", role)
     select id, 'benchuser' || lpad(($3::int + (n - 1) * $2::int + m)::text, 23, '0'), case m when 0 then 'owner' else 'member' end
       from unnest($1::text[]) with ordinality as c (id, n), generate_series(0, $2::int - 1) m`,
    [ids, roomSize, firstUser],
  );
  await pool.query(
    `insert into documents (id, conversation, epoch, generation) select id || '.0', id, 0, 'g' || id from unnest($1::text[]) id`,
    [ids],
  );
  return ids.flatMap((id, room) =>
    Array.from({ length: roomSize }, (_, place) =>
      tidewireMember({
        user: firstUser + room * roomSize + place,
        channel: 1 + (place % MAX_CHANNELS) * 7,
        conversation: id,
        secret,
      }),
    ),
  );
}

export function tidewireMember(options: {
  user: number;
  /** Differs within a room, as on devices that have opened other conversations before. */
  channel: number;
  conversation: string;
  secret: string;
}): Member {
  const { user, channel, conversation, secret } = options;
  return {
    roomName: conversation,
    path: '/sync',
    headers: {
      'Sec-WebSocket-Protocol': 'tidewire.v1',
      Authorization: `Bearer ${bearerToken(sessionToken(user), secret)}`,
    },
    channel,
    document: `${conversation}.0`,
    user: userId(user),
    writer: drawWriter(),
  };
}

/** The same people in the same rooms for the baseline, whose rooms are paths. */
export const rawMembers = ({ rooms, roomSize }: { rooms: number; roomSize: number }): Member[] =>
  Array.from({ length: rooms * roomSize }, (_, n) => {
    const path = `/${Math.floor(n / roomSize)}`;
    return { roomName: path, path, headers: {}, channel: 1, user: userId(n), writer: drawWriter() };
  });

/** What Yjs does for a new document: any 32 bits. */
const drawWriter = (): number => Math.floor(Math.random() * 2 ** 32);

const bearerToken = (token: string, secret: string): string =>
  encodeURIComponent(`${token}.${createHmac('sha256', secret).update(token).digest('base64')}`);

/**
 * Gives `copies` new conversations the rows of `source`: the same history under another name.
 *
 * @returns one member for each of them, the first of the source.
 */
export async function copyDocument(
  pool: Pool,
  { source, copies, name, secret }: { source: Member; copies: number; name: string; secret: string },
): Promise<Member[]> {
  const from = source.roomName;
  const ids = Array.from({ length: copies }, (_, n) => conversationId(name, n));
  const each = async (sql: string): Promise<void> => void (await pool.query(sql, [from, ids]));
  await each(
    `insert into conversations (id, kind, title)
     select copy, kind, title from conversations, unnest($2::text[]) copy where id = $1`,
  );
  await each(
    `insert into members (conversation, "user", role)
     select copy, "user", role from members, unnest($2::text[]) copy where conversation = $1`,
  );
  await each(
    `insert into documents (id, conversation, epoch, generation, head, projected, erased)
     select copy || '.0', copy, 0, 'g' || copy, head, projected, erased from documents, unnest($2::text[]) copy where id = $1 || '.0'`,
  );
  await each(
    `insert into writers (conversation, client_id, "user", epoch)
     select copy, client_id, "user", epoch from writers, unnest($2::text[]) copy where conversation = $1`,
  );
  await each(
    `insert into snapshots (document, seq, state)
     select copy || '.0', seq, state from snapshots, unnest($2::text[]) copy where document = $1 || '.0'`,
  );
  await each(
    `insert into journal (document, seq, "update", "user")
     select copy || '.0', seq, "update", "user" from journal, unnest($2::text[]) copy where document = $1 || '.0'`,
  );
  const user = Number(source.user.slice('benchuser'.length));
  return ids.map((conversation) => tidewireMember({ user, channel: 1, conversation, secret }));
}
