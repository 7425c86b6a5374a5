import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DocumentId } from '../../schema/ids.ts';
import type { Pool } from '../database/pool.ts';
import { freshDatabase } from '../database/testing.ts';
import { StoredHistory } from '../journal/testing.ts';
import { MAX_ENTRIES_PER_STEP, PROJECTION_LOCK, projectBatch, type Step } from './project-batch.ts';
import { allColumns, expectedRows, storedRows } from './testing.ts';

async function projectAll(pool: Pool, document: DocumentId): Promise<Step | undefined> {
  for (;;) {
    const step = (await projectBatch(pool, [document])).get(document);
    if (step?.is !== 'advanced' || step.projected === step.head) return step;
  }
}

/** Two people and a second device: messages, replies, edits, deletions, receipts, one long offline stretch. */
async function play(history: StoredHistory): Promise<void> {
  const first = await history.say('ana', 'first');
  const second = await history.say('bo', 'second');
  history.write('ana', 'a reply', second);
  history.read('ana');
  await history.submit('ana');
  history.edit('ana', first, 'first, better');
  await history.submit('ana');
  await history.submit('ana/2');
  history.write('ana/2', 'offline');
  for (let n = 0; n < 25; n++) await history.say('bo', `many ${n}`);
  await history.submit('ana/2');
  history.read('ana/2');
  await history.submit('ana/2');
  history.delete('bo', second);
  await history.submit('bo');
  history.read('bo');
  await history.submit('bo');
}

describe('projectBatch', () => {
  test('makes the rows that the document says', async () => {
    await using database = await freshDatabase();
    const history = await StoredHistory.create(database.pool, ['ana', 'bo']);
    await play(history);
    expect(await projectAll(database.pool, history.document)).toMatchObject({ projected: history.head });
    const rows = await storedRows(database.pool, history);
    expect(rows).toEqual(expectedRows(history));
    expect(rows.receipts.length).toBeGreaterThan(20);
  });

  test('finds what was newly read, step by step', async () => {
    await using database = await freshDatabase();
    const history = await StoredHistory.create(database.pool, ['ana', 'bo']);
    for (let n = 0; n < 6; n++) {
      if (n !== 3) await history.say('ana', `text ${n}`);
      await history.submit('bo');
      history.read('bo');
      await history.submit('bo');
      await projectAll(database.pool, history.document);
      expect(await storedRows(database.pool, history)).toEqual(expectedRows(history));
    }
  });

  test('makes the rows of any honest history, in steps of any size', async () => {
    await using database = await freshDatabase();
    const users = ['ana', 'bo', 'cy'];
    const names = [...users, 'ana/2'];
    const action = fc.record({
      who: fc.constantFrom(...names),
      what: fc.constantFrom('write', 'write', 'edit', 'delete', 'read', 'submit', 'submit', 'submit', 'project'),
      which: fc.nat(1000),
    });
    let entries = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 20, maxLength: 60, size: 'max' }), async (actions) => {
        const history = await StoredHistory.create(database.pool, users);
        for (const { who, what, which } of actions) {
          const own = history.messages(who).filter(({ from }) => from === who.split('/')[0]);
          const target = own[which % (own.length || 1)];
          if (what === 'write') history.write(who, `text ${which}`);
          else if (what === 'edit' && target) history.edit(who, target.id, `edited ${which}`);
          else if (what === 'delete' && target) history.delete(who, target.id);
          else if (what === 'read') history.read(who);
          else if (what === 'submit') await history.submit(who);
          else if (what === 'project') await projectAll(database.pool, history.document);
        }
        for (const name of names) await history.submit(name);
        await projectAll(database.pool, history.document);
        expect(await storedRows(database.pool, history)).toEqual(expectedRows(history));
        entries += history.head;
      }),
      { numRuns: 8 },
    );
    // Every run submits at least what its four devices wrote; eight runs of nothing would prove nothing.
    expect(entries).toBeGreaterThan(8);
  });

  test('says who brought a message first, where in the entry, and when it was read first', async () => {
    await using database = await freshDatabase();
    const { pool } = database;
    const history = await StoredHistory.create(pool, ['ana', 'bo']);
    const ids = ['one', 'two', 'three'].map((text) => history.write('ana', text));
    await history.submit('ana');
    await history.submit('bo');
    history.read('bo', ids.slice(0, 1));
    await history.submit('bo');
    history.edit('ana', ids[1] as (typeof ids)[0], 'edited');
    await history.submit('ana');
    await history.submit('bo');
    history.read('bo');
    await history.submit('bo');
    await projectAll(pool, history.document);
    const { rows } = await pool.query(
      `select m.body, m.seq, m.ordinal, m.is_edited, m.committed_at = j.committed_at as same_commit, r.seq as read_seq
       from messages m join journal j on j.seq = m.seq
       join read_receipts x on x.message = m.id join journal r on r.committed_at = x.read_at order by m.ordinal`,
    );
    expect(rows).toEqual([
      { body: 'one', seq: 1, ordinal: 0, is_edited: false, same_commit: true, read_seq: 2 },
      { body: 'edited', seq: 1, ordinal: 1, is_edited: true, same_commit: true, read_seq: 4 },
      { body: 'three', seq: 1, ordinal: 2, is_edited: false, same_commit: true, read_seq: 4 },
    ]);
  });

  test('projects entries again without changing a row', async () => {
    await using database = await freshDatabase();
    const { pool } = database;
    const history = await StoredHistory.create(pool, ['ana', 'bo']);
    await play(history);
    await projectAll(pool, history.document);
    const before = await allColumns(pool);
    for (const cursor of [0, 3, 20]) {
      await pool.query('update documents set projected = $1', [cursor]);
      await projectAll(pool, history.document);
      expect(await allColumns(pool)).toEqual(before);
    }
  });

  test('a projector that is behind takes nothing back', async () => {
    await using database = await freshDatabase();
    const { pool } = database;
    const history = await StoredHistory.create(pool, ['ana']);
    const edited = await history.say('ana', 'former');
    const deleted = await history.say('ana', 'secret');
    history.edit('ana', edited, 'newer');
    history.delete('ana', deleted);
    await history.submit('ana');
    await projectAll(pool, history.document);
    const before = await allColumns(pool);
    // What another server would write that still sees the entries before.
    await pool.query('create table later as select * from journal where seq > 2; delete from journal where seq > 2');
    await pool.query('update documents set projected = 0, head = 2, erased = 0');
    await projectAll(pool, history.document);
    expect(await allColumns(pool)).toEqual(before);
  });

  test.each([
    'insert or update on messages',
    'insert on read_receipts',
    'insert on read_clocks',
    'update on documents',
  ])('leaves nothing half done when it dies at %s', async (statement) => {
    await using database = await freshDatabase();
    const { pool } = database;
    const history = await StoredHistory.create(pool, ['ana', 'bo']);
    await play(history);
    await pool.query(`create function die() returns trigger language plpgsql as $$ begin raise 'died'; end $$`);
    await pool.query(`create trigger die after ${statement} execute function die()`);
    await expect(projectAll(pool, history.document)).rejects.toThrow('died');
    expect(await storedRows(pool, history)).toEqual({ messages: [], receipts: [], clocks: [] });
    await pool.query('drop function die cascade');
    await projectAll(pool, history.document);
    expect(await storedRows(pool, history)).toEqual(expectedRows(history));
  });

  test('needs as many statements for many documents and entries as for one', async () => {
    await using database = await freshDatabase();
    const { pool } = database;
    const histories = await Promise.all([1, 2, 3, 4, 5, 6].map(() => StoredHistory.create(pool, ['ana', 'bo'])));
    await Promise.all(histories.map(play));
    const statements: unknown[] = [];
    pool.on('acquire', (client) => {
      const query = client.query.bind(client) as (...args: unknown[]) => unknown;
      client.query = ((...args: unknown[]) => {
        statements.push(args[0]);
        return query(...args);
      }) as typeof client.query;
    });
    await projectBatch(
      pool,
      histories.map(({ document }) => document),
    );
    // Two of them because messages are deleted: their files and pins go.
    expect(statements).toHaveLength(8);
    pool.removeAllListeners('acquire');
    for (const history of histories) expect(await storedRows(pool, history)).toEqual(expectedRows(history));
  });

  test('takes a long backlog in several steps', async () => {
    await using database = await freshDatabase();
    const { pool } = database;
    const history = await StoredHistory.create(pool, ['ana']);
    await history.sayMany('ana', Array(MAX_ENTRIES_PER_STEP + 20).fill('text'));
    const steps = await projectBatch(pool, [history.document]);
    expect(steps.get(history.document)).toMatchObject({
      projected: MAX_ENTRIES_PER_STEP,
      head: MAX_ENTRIES_PER_STEP + 20,
    });
    await projectAll(pool, history.document);
    expect(await storedRows(pool, history)).toEqual(expectedRows(history));
  });

  test('skips a document that another server projects, and one whose row a commit holds, without waiting', async () => {
    await using database = await freshDatabase();
    const { pool } = database;
    const [free, held] = await Promise.all([1, 2].map(() => StoredHistory.create(pool, ['ana'])));
    if (!free || !held) throw new Error('unreachable');
    await free.say('ana', 'free');
    await held.say('ana', 'held');
    const documents = [free.document, held.document];
    const other = await pool.connect();

    await other.query('begin');
    await other.query('select pg_advisory_xact_lock($1, hashtext($2))', [PROJECTION_LOCK, held.document]);
    const first = await projectBatch(pool, documents);
    expect([first.get(free.document)?.is, first.get(held.document)?.is]).toEqual(['advanced', 'busy']);
    await other.query('rollback');

    await free.say('ana', 'more');
    await other.query('begin');
    await other.query('select from documents where id = $1 for no key update', [held.document]);
    const second = await projectBatch(pool, documents);
    expect([second.get(free.document)?.is, second.get(held.document)?.is]).toEqual(['advanced', 'busy']);
    await other.query('rollback');
    other.release();

    expect((await projectBatch(pool, documents)).get(held.document)).toMatchObject({ is: 'advanced', projected: 1 });
    for (const history of [free, held]) expect(await storedRows(pool, history)).toEqual(expectedRows(history));
  });

  test('reports an unreadable entry of one document and projects the others', async () => {
    await using database = await freshDatabase();
    const { pool } = database;
    const [good, bad] = await Promise.all([1, 2].map(() => StoredHistory.create(pool, ['ana'])));
    if (!good || !bad) throw new Error('unreachable');
    await good.say('ana', 'good');
    await bad.say('ana', 'bad');
    await pool.query(`update journal set "update" = '\\x01ffff' where document = $1`, [bad.document]);
    const steps = await projectBatch(pool, [good.document, bad.document]);
    expect([steps.get(good.document)?.is, steps.get(bad.document)?.is]).toEqual(['advanced', 'failed']);
    expect(await storedRows(pool, good)).toEqual(expectedRows(good));
  });

  test('a reader who is gone leaves no receipt, and stops nothing', async () => {
    await using database = await freshDatabase();
    const { pool } = database;
    const history = await StoredHistory.create(pool, ['ana', 'bo']);
    await history.say('ana', 'read by bo');
    await history.submit('bo');
    history.read('bo');
    await history.submit('bo');
    await pool.query(`delete from users where id = 'bo'`);
    expect(await projectAll(pool, history.document)).toMatchObject({ projected: 2 });
    expect((await storedRows(pool, history)).receipts).toEqual([]);
  });
});
