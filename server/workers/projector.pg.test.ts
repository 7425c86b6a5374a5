import { describe, expect, test, vi } from 'vitest';
import { systemClock } from '../clock.ts';
import type { Pool } from '../database/pool.ts';
import { blocked, freshDatabase } from '../database/testing.ts';
import { takeSnapshot } from '../journal/snapshots.ts';
import { StoredHistory } from '../journal/testing.ts';
import { createLog } from '../log.ts';
import { createMetrics } from '../metrics.ts';
import { MAX_ENTRIES_PER_STEP } from './project-batch.ts';
import { type Projector, startProjector } from './projector.ts';
import { expectedRows, storedRows, watch } from './testing.ts';

const start = (pool: Pool, lines: string[] = []): Projector =>
  startProjector({
    pool,
    log: createLog({ level: 'info', destination: { write: (line) => void lines.push(line) } }),
    metrics: createMetrics(),
    clock: systemClock,
  });

const cursorMoves = 'update of projected on documents for each row';

describe('the projector', () => {
  test('projects what it is poked about, and what was left before it started', async () => {
    await using database = await freshDatabase();
    const { pool } = database;
    const left = await StoredHistory.create(pool, ['ana']);
    await left.say('ana', 'left behind');
    const isLeftDone = await watch(pool, cursorMoves);
    await using projector = start(pool);
    await isLeftDone();
    expect(await storedRows(pool, left)).toEqual(expectedRows(left));

    const poked = await StoredHistory.create(pool, ['ana']);
    await poked.say('ana', 'poked');
    await pool.query('drop function tell cascade');
    const isPokedDone = await watch(pool, cursorMoves);
    projector.poke(poked.document);
    await isPokedDone();
    expect(await storedRows(pool, poked)).toEqual(expectedRows(poked));
  });

  test('project() resolves when everything committed before is projected, and costs one query when it is', async () => {
    await using database = await freshDatabase();
    const { pool } = database;
    await using projector = start(pool);
    const history = await StoredHistory.create(pool, ['ana', 'bo']);
    for (let n = 0; n < 5; n++) await history.say('ana', `text ${n}`);
    await Promise.all([1, 2, 3].map(() => projector.project(history.conversation)));
    expect(await storedRows(pool, history)).toEqual(expectedRows(history));

    const queries = vi.spyOn(pool, 'query');
    await projector.project(history.conversation);
    expect(queries).toHaveBeenCalledTimes(1);
  });

  test('project() waits for a backlog of several steps', async () => {
    await using database = await freshDatabase();
    const { pool } = database;
    await using projector = start(pool);
    const history = await StoredHistory.create(pool, ['ana']);
    await history.sayMany('ana', Array(MAX_ENTRIES_PER_STEP + 1).fill('text'));
    await projector.project(history.conversation);
    expect(await storedRows(pool, history)).toEqual(expectedRows(history));
  });

  test('two of them and commits at the same time make the rows once', async () => {
    await using database = await freshDatabase();
    const { pool } = database;
    const histories = await Promise.all([1, 2, 3].map(() => StoredHistory.create(pool, ['ana', 'bo'])));
    {
      await using one = start(pool);
      await using two = start(pool);
      await Promise.all(
        histories.map(async (history, which) => {
          for (let n = 0; n < 30; n++) {
            const name = n % 2 ? 'ana' : 'bo';
            const id = await history.say(name, `text ${n}`);
            history.read(name);
            if (n % 3 === 0) history.edit(name, id, `edited ${n}`);
            if (n % 5 === 0) history.delete(name, id);
            await history.submit(name);
            (n % 2 ? one : two).poke(history.document);
            if (n % 7 === which) await Promise.all([one, two].map((each) => each.project(history.conversation)));
          }
        }),
      );
      await Promise.all(
        histories.flatMap(({ conversation }) => [one.project(conversation), two.project(conversation)]),
      );
    }
    for (const history of histories) expect(await storedRows(pool, history)).toEqual(expectedRows(history));
  });

  test('a document that fails is reported without its text, delays no other and is tried again', async () => {
    await using database = await freshDatabase();
    const { pool } = database;
    const lines: string[] = [];
    await using projector = start(pool, lines);
    const [good, refused, broken] = await Promise.all([1, 2, 3].map(() => StoredHistory.create(pool, ['ana'])));
    if (!good || !refused || !broken) throw new Error('unreachable');
    for (const history of [good, refused, broken]) await history.say('ana', 'private words');
    const { rows } = await pool.query('select "update" from journal where document = $1', [broken.document]);
    await pool.query(`update journal set "update" = '\\x01ffff' where document = $1`, [broken.document]);
    await pool.query(`alter table messages add constraint odd check (conversation <> '${refused.conversation}')`);

    const results = await Promise.allSettled(
      [good, refused, broken].map(({ conversation }) => projector.project(conversation)),
    );
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
    expect(await storedRows(pool, good)).toEqual(expectedRows(good));
    expect(lines.filter((line) => line.includes(refused.document) && line.includes('odd'))).not.toEqual([]);
    expect(lines.filter((line) => line.includes(broken.document))).not.toEqual([]);
    expect(lines.join()).not.toContain('private words');

    await pool.query('alter table messages drop constraint odd');
    await pool.query('update journal set "update" = $2 where document = $1', [broken.document, rows[0].update]);
    for (const history of [refused, broken]) {
      await projector.project(history.conversation);
      expect(await storedRows(pool, history)).toEqual(expectedRows(history));
    }
  });

  test('makes a document again whose cursor was put back behind its snapshot', async () => {
    await using database = await freshDatabase();
    const { pool } = database;
    await using projector = start(pool);
    const history = await StoredHistory.create(pool, ['ana', 'bo']);
    for (let n = 0; n < 5; n++) await history.say('ana', `text ${n}`);
    await projector.project(history.conversation);
    await takeSnapshot(pool, history.document);
    await history.say('bo', 'after it');
    await pool.query('delete from messages');
    await pool.query('update documents set projected = 0');
    await projector.project(history.conversation);
    expect(await storedRows(pool, history)).toEqual(expectedRows(history));
  });

  test('survives lost connections', async () => {
    await using database = await freshDatabase();
    const { pool } = database;
    await using projector = start(pool);
    const history = await StoredHistory.create(pool, ['ana']);
    await history.say('ana', 'one');
    await pool.query(`create function cut() returns trigger language plpgsql as $$
      begin perform pg_terminate_backend(pg_backend_pid()); return null; end $$;
      create trigger cut after insert on messages execute function cut()`);
    await expect(projector.project(history.conversation)).rejects.toThrow();
    await pool.query('drop function cut cascade');
    await projector.project(history.conversation);
    expect(await storedRows(pool, history)).toEqual(expectedRows(history));
  });

  test('answers those who wait when it is stopped', async () => {
    await using database = await freshDatabase();
    const { pool } = database;
    const projector = start(pool);
    const history = await StoredHistory.create(pool, ['ana']);
    await history.say('ana', 'never projected');
    const other = await pool.connect();
    await other.query('begin; lock table messages');
    const waiting = projector.project(history.conversation);
    const outcome = expect(waiting).rejects.toThrow();
    await blocked(pool);
    const stopped = projector[Symbol.asyncDispose]();
    await other.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
    );
    await other.query('rollback');
    other.release();
    await stopped;
    await outcome;
    await projector[Symbol.asyncDispose]();
    await expect(projector.project(history.conversation)).rejects.toThrow('stopped');
  });
});
