import { describe, expect, test } from 'vitest';
import { systemClock } from '../clock.ts';
import type { Pool } from '../database/pool.ts';
import { freshDatabase } from '../database/testing.ts';
import { loadDocument } from '../journal/load.ts';
import { StoredHistory } from '../journal/testing.ts';
import { createLog } from '../log.ts';
import { createMetrics } from '../metrics.ts';
import { startProjector } from './projector.ts';
import { MAX_ENTRIES } from './snapshot-policy.ts';
import { type Snapshotter, startSnapshotter } from './snapshotter.ts';
import { columnsHolding, expectedRows, storedRows, watch } from './testing.ts';

interface Workers extends Snapshotter {
  readonly lines: string[];
}

function start(pool: Pool): Workers {
  const lines: string[] = [];
  const log = createLog({ level: 'info', destination: { write: (line) => void lines.push(line) } });
  const shared = { pool, log, metrics: createMetrics(), clock: systemClock };
  const projector = startProjector(shared);
  const snapshotter = startSnapshotter({ ...shared, projector, keep: 3 });
  return {
    lines,
    poke: (document) => snapshotter.poke(document),
    look: () => snapshotter.look(),
    take: (conversation, epoch) => snapshotter.take(conversation, epoch),
    async [Symbol.asyncDispose]() {
      await snapshotter[Symbol.asyncDispose]();
      await projector[Symbol.asyncDispose]();
    },
  };
}

async function snapshotSeqs(pool: Pool): Promise<number[]> {
  const { rows } = await pool.query<{ seq: number }>('select seq from snapshots order by seq');
  return rows.map(({ seq }) => seq);
}

describe('the snapshotter', () => {
  test('[P4] removes deleted and edited text from every table, poked once', async () => {
    await using database = await freshDatabase();
    const { pool } = database;
    await using workers = start(pool);
    const history = await StoredHistory.create(pool, ['ana', 'bo']);
    const deleted = await history.say('ana', 'deleted-words');
    const edited = await history.say('ana', 'former-words');
    await history.say('bo', 'kept-words');
    expect(await columnsHolding(pool, 'deleted-words')).toContain('journal.update');

    const isTaken = await watch(pool, 'insert on snapshots');
    await history.submit('ana');
    history.delete('ana', deleted);
    history.edit('ana', edited, 'better-words');
    await history.submit('ana');
    workers.poke(history.document);
    await isTaken();

    expect(await columnsHolding(pool, 'deleted-words')).toEqual([]);
    expect(await columnsHolding(pool, 'former-words')).toEqual([]);
    for (const text of ['kept-words', 'better-words']) {
      expect(await columnsHolding(pool, text)).toEqual(['messages.body', 'snapshots.state']);
    }
    expect(await storedRows(pool, history)).toEqual(expectedRows(history));
    expect(workers.lines.join()).not.toContain('words');
  });

  test('[P4] text that stands in a snapshot, and text of an edit, are removed as well', async () => {
    await using database = await freshDatabase();
    const { pool } = database;
    await using workers = start(pool);
    const history = await StoredHistory.create(pool, ['ana']);
    const id = await history.say('ana', 'version-1');
    for (let version = 2; version <= 4; version++) {
      history.edit('ana', id, `version-${version}`);
      await history.submit('ana');
      workers.poke(history.document);
      if (version !== 3) await workers.look();
    }
    for (const version of [1, 2, 3]) expect(await columnsHolding(pool, `version-${version}`)).toEqual([]);
    expect(await columnsHolding(pool, 'version-4')).toEqual(['messages.body', 'snapshots.state']);
    history.delete('ana', id);
    await history.submit('ana');
    workers.poke(history.document);
    await workers.look();
    expect(await columnsHolding(pool, 'version-4')).toEqual([]);
  });

  test('[P4] finishes at its start what a crash left: committed, not projected, not erased', async () => {
    await using database = await freshDatabase();
    const { pool } = database;
    const history = await StoredHistory.create(pool, ['ana']);
    const id = await history.say('ana', 'deleted-words');
    history.delete('ana', id);
    await history.submit('ana');
    const isTaken = await watch(pool, 'insert on snapshots');
    await using _workers = start(pool);
    await isTaken();
    expect(await columnsHolding(pool, 'deleted-words')).toEqual([]);
  });

  test('merges many entries, and not few without a reason', async () => {
    await using database = await freshDatabase();
    const { pool } = database;
    await using workers = start(pool);
    const history = await StoredHistory.create(pool, ['ana']);
    await history.sayMany('ana', Array(MAX_ENTRIES - 1).fill('short'));
    workers.poke(history.document);
    await workers.look();
    expect(await snapshotSeqs(pool)).toEqual([]);
    await history.say('ana', 'one more');
    workers.poke(history.document);
    await workers.look();
    expect(await snapshotSeqs(pool)).toEqual([MAX_ENTRIES]);
  });

  test('leaves nothing to read but the snapshot of an epoch that is closed and quiet', async () => {
    await using database = await freshDatabase();
    const { pool } = database;
    const history = await StoredHistory.create(pool, ['ana']);
    await history.sayMany('ana', ['one', 'two']);
    await pool.query('update conversations set epoch = 1');
    await pool.query(`update journal set committed_at = now() - interval '11 minutes'`);
    const isTaken = await watch(pool, 'insert on snapshots');
    await using _workers = start(pool);
    await isTaken();
    expect(await loadDocument(pool, history.document)).toMatchObject({ head: 2, entries: [] });
  });

  test('servers that look at the same time, while people write and delete, lose nothing', async () => {
    await using database = await freshDatabase();
    const { pool } = database;
    const history = await StoredHistory.create(pool, ['ana', 'bo']);
    {
      await using one = start(pool);
      await using two = start(pool);
      for (let n = 0; n < 40; n++) {
        const name = n % 2 ? 'ana' : 'bo';
        const id = await history.say(name, `${n % 3 === 0 ? 'kept' : 'gone'}-${n}`);
        if (n % 3 === 1) history.delete(name, id);
        if (n % 3 === 2) history.edit(name, id, `edited-${n}`);
        await history.submit(name);
        for (const each of [one, two]) each.poke(history.document);
        if (n % 4 === 0) await Promise.all([one.look(), two.look()]);
      }
      await Promise.all([one.look(), two.look()]);
      // Neither has met an entry or a snapshot that the other was just taking away.
      expect([...one.lines, ...two.lines]).toEqual([]);
    }
    expect(await storedRows(pool, history)).toEqual(expectedRows(history));
    expect(await columnsHolding(pool, 'gone-')).toEqual([]);
    expect(await columnsHolding(pool, 'kept-')).toContain('messages.body');
  });

  test('a document that fails is reported without its text and delays no other', async () => {
    await using database = await freshDatabase();
    const { pool } = database;
    await using workers = start(pool);
    const [broken, good] = await Promise.all([1, 2].map(() => StoredHistory.create(pool, ['ana'])));
    if (!broken || !good) throw new Error('unreachable');
    for (const history of [broken, good]) {
      const id = await history.say('ana', 'deleted-words');
      history.delete('ana', id);
      await history.submit('ana');
    }
    await pool.query('delete from journal where document = $1 and seq = 1', [broken.document]);
    for (const history of [broken, good]) workers.poke(history.document);
    await workers.look();
    const { rows } = await pool.query('select document from snapshots');
    expect(rows).toEqual([{ document: good.document }]);
    expect(workers.lines.filter((line) => line.includes(broken.document))).not.toEqual([]);
    expect(workers.lines.join()).not.toContain('deleted-words');
  });
});
