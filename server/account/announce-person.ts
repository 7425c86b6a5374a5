/** Tells whoever knows somebody, on all their devices, what the person is called now and says of themselves. After the commit. */
import type { UserId } from '../../schema/ids.ts';
import type { Pool } from '../database/pool.ts';
import type { FanOut, Notices } from '../fan-out/fan-out.ts';

/** Who is in large groups has many acquaintances; one notice stays of the size of the others. */
const PEOPLE_A_NOTICE = 1_000;

// Whoever cannot be told now is told later that something changed (`socket/missed-heads.ts`). A conversation that is locked is being
// committed to or changed, which counts as news, too; waiting for several locks could deadlock.
const NOTE = `
  update conversations set changed_at = now() where id in (
    select c.id from members m join conversations c on c.id = m.conversation where m."user" = $1
    for no key update of c skip locked)`;

const FIND = `
  select u.id, u.name, u.status, p.id as picture, array(
    select other."user" from members own join members other on other.conversation = own.conversation
     where own."user" = u.id union select u.id) as people
  from users u left join pictures p on p."user" = u.id where u.id = $1`;

type Person = Notices['person'];

export async function announcePerson(
  { pool, fanOut }: { pool: Pick<Pool, 'query'>; fanOut: FanOut },
  user: UserId,
): Promise<void> {
  await pool.query(NOTE, [user]);
  const { rows } = await pool.query<{ [Key in keyof Person]-?: Person[Key] | null } & Pick<Person, 'name' | 'people'>>(
    FIND,
    [user],
  );
  if (!rows[0]) return;
  const { name, status, picture, people } = rows[0];
  for (let at = 0; at < people.length; at += PEOPLE_A_NOTICE)
    fanOut.publish('person', {
      ...{ id: user, name, people: people.slice(at, at + PEOPLE_A_NOTICE) },
      ...(status !== null && { status }),
      ...(picture !== null && { picture }),
    });
}
