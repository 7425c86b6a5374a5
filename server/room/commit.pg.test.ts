/** What rooms promise about commits: held, lost, raced, killed. Rooms and Postgres are real, channels are in this process. */
import { describe, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { CLOSE } from '../../schema/close-codes.ts';
import type { UserId } from '../../schema/ids.ts';
import type { Posted } from '../journal/idempotency.ts';
import { holdCommits, type Installation, startInstallation } from '../testing/installation.ts';
import { LocalDevice } from '../testing/local-device.ts';
import { rawUpdate } from '../testing/raw-update.ts';
import type { Submitter } from './channel.ts';
import { GatedDocument } from './gated-document.ts';

async function join(installation: Installation, user: string, server = 0): Promise<LocalDevice> {
  const device = new LocalDevice(user);
  await device.join((installation.servers[server] as Installation['servers'][number]).rooms, installation.document);
  return device;
}

/** Lets all servers read what the others committed, and all devices what their server has. */
async function converge({ servers }: Installation, devices: readonly LocalDevice[]): Promise<void> {
  for (const { rooms } of servers) await rooms.catchUp();
  for (const device of devices) await device.catchUp();
  const [first, ...others] = devices.map((device) => ({
    messages: device.messages.toJSON(),
    receipts: device.receipts.toJSON(),
    vector: Y.encodeStateVector(device.doc),
  }));
  for (const other of others) expect(other).toEqual(first);
}

describe('[P1] until the commit', () => {
  test('nothing is sent to anybody; then refusals, the settled update and the acknowledgement, in this order', async () => {
    await using installation = await startInstallation();
    const ana = await join(installation, 'ana');
    const bo = await join(installation, 'bo');
    const lock = await holdCommits(installation.pool, installation.document);
    const before = [ana.told.length, bo.told.length];
    ana.doc.transact(() => {
      ana.say('kept');
      ana.say('');
    });
    await lock.held();
    expect([ana.told.length, bo.told.length]).toEqual(before);
    await lock.release();
    await ana.settled();
    expect(ana.told.slice(before[0]).map(({ is }) => is)).toEqual(['refusal', 'update', 'acknowledgement']);
    expect(bo.told.slice(before[1]).map(({ is }) => is)).toEqual(['update']);
    expect(bo.texts).toEqual(['kept']);
  });

  test('a question is not answered with what is not durable, and waits for it', async () => {
    await using installation = await startInstallation();
    const ana = await join(installation, 'ana');
    const lock = await holdCommits(installation.pool, installation.document);
    ana.say('held');
    await lock.held();
    const bo = new LocalDevice('bo');
    const joined = bo.join(installation.rooms, installation.document);
    // The room has heard the question: the server has answered others meanwhile.
    await installation.rooms.catchUp();
    expect(bo.told).toEqual([]);
    await lock.release();
    await joined;
    expect(bo.texts).toEqual(['held']);
  });

  test('what arrives meanwhile waits, and goes together', async () => {
    await using installation = await startInstallation();
    const ana = await join(installation, 'ana');
    const bo = await join(installation, 'bo');
    const lock = await holdCommits(installation.pool, installation.document);
    ana.say('first');
    await lock.held();
    ana.say('second');
    bo.say('third');
    await lock.release();
    await Promise.all([ana.settled(), bo.settled()]);
    await converge(installation, [ana, bo]);
    expect([...ana.texts].sort()).toEqual(['first', 'second', 'third']);
  });
});

describe('a commit that fails', () => {
  test('because its backend is killed loses nothing, duplicates nothing and shows nothing early', async () => {
    await using installation = await startInstallation();
    const ana = await join(installation, 'ana');
    const bo = await join(installation, 'bo');
    for (let round = 0; round < 3; round++) {
      const lock = await holdCommits(installation.pool, installation.document);
      const told = bo.told.length;
      ana.say(`round ${round}`);
      for (const pid of await lock.held()) await installation.pool.query('select pg_terminate_backend($1)', [pid]);
      expect(bo.told.length).toBe(told);
      await lock.release();
      await ana.settled();
    }
    await converge(installation, [ana, bo]);
    expect(ana.texts).toEqual(['round 0', 'round 1', 'round 2']);
    expect(ana.closed).toBeUndefined();
  });

  test('although it was written — the answer got lost — is acknowledged once it is read', async () => {
    await using installation = await startInstallation();
    const ana = await join(installation, 'ana');
    const bo = await join(installation, 'bo');
    const [{ spoil }] = installation.servers as [Installation['servers'][number]];
    let losses = 0;
    spoil.query = async (ask, name) => {
      const answer = await ask();
      if (name.startsWith('append') && losses++ < 2) throw new Error('the connection was lost');
      return answer;
    };
    const id = ana.say('once');
    ana.edit(id, 'once, edited');
    await ana.settled();
    await converge(installation, [ana, bo]);
    expect(bo.texts).toEqual(['once, edited']);
    expect(losses).toBeGreaterThan(0);
    const posted = await installation.rooms.post({
      conversation: installation.conversation,
      user: 'bo' as UserId,
      text: 'by post',
    });
    losses = 0;
    const again = await installation.rooms.post({
      conversation: installation.conversation,
      user: 'bo' as UserId,
      text: 'by post, lost',
    });
    expect([posted.ok, again.ok]).toEqual([true, true]);
    await converge(installation, [ana, bo]);
    expect(bo.texts).toEqual(['once, edited', 'by post', 'by post, lost']);
  });

  test('for minutes keeps everything until the database is back', async () => {
    await using installation = await startInstallation();
    const ana = await join(installation, 'ana');
    const [{ spoil }] = installation.servers as [Installation['servers'][number]];
    let failures = 0;
    spoil.query = (ask) => (failures++ < 6 ? Promise.reject(new Error('the database is away')) : ask());
    ana.say('patient');
    ana.say('as well');
    await ana.settled();
    expect(Buffer.from(await installation.stored()).includes('patient')).toBe(true);
    expect(ana.texts).toEqual(['patient', 'as well']);
  });
});

describe('two servers', () => {
  test('that take the same update at once store its message once', async () => {
    await using installation = await startInstallation({ servers: 2 });
    const ana = await join(installation, 'ana', 0);
    const bo = await join(installation, 'bo', 1);
    const elsewhere = await join(installation, 'ana', 1);
    const lock = await holdCommits(installation.pool, installation.document);
    ana.say('only once');
    elsewhere.submit(Y.encodeStateAsUpdate(ana.doc), true);
    await lock.held(2);
    await lock.release();
    await ana.settled();
    await converge(installation, [ana, bo, elsewhere]);
    expect(bo.texts).toEqual(['only once']);
    expect(bo.messages.length).toBe(1);
  });

  test('that append at once commit one behind the other, and neither reads its document again', async () => {
    await using installation = await startInstallation({ servers: 2 });
    const ana = await join(installation, 'ana', 0);
    const bo = await join(installation, 'bo', 1);
    const asked: string[] = [];
    for (const { spoil } of installation.servers)
      spoil.query = (ask, name) => {
        asked.push(String(name));
        return ask();
      };
    const lock = await holdCommits(installation.pool, installation.document);
    ana.say('one');
    bo.say('two');
    await lock.held(2);
    await lock.release();
    await Promise.all([ana.settled(), bo.settled()]);
    expect(asked.filter((name) => name === 'news')).toHaveLength(1);
    expect(asked).not.toContain('load-document');
    const seqs = [ana, bo].map(({ told }) =>
      told.flatMap((each) => (each.is === 'acknowledgement' ? [each.acknowledgement.seq] : [])),
    );
    expect(seqs.sort()).toEqual([[1], [2]]);
    await converge(installation, [ana, bo]);
    expect([...ana.texts].sort()).toEqual(['one', 'two']);
  });

  test('on which two devices of one person read at once keep what either has read', async () => {
    await using installation = await startInstallation({ servers: 2 });
    const ana = await join(installation, 'ana', 0);
    ana.say('one');
    ana.say('two');
    await ana.settled();
    for (const { rooms } of installation.servers) await rooms.catchUp();
    const phone = await join(installation, 'bo', 0);
    const tablet = await join(installation, 'bo', 1);
    const lock = await holdCommits(installation.pool, installation.document);
    const writer = ana.doc.clientID.toString(36);
    phone.receipts.set('bo', { d: { [writer]: 1 }, r: {} });
    tablet.receipts.set('bo', { d: { [writer]: 0 }, r: { [writer]: 0 } });
    await lock.held(2);
    await lock.release();
    await Promise.all([phone.settled(), tablet.settled()]);
    await converge(installation, [ana, phone, tablet]);
    expect(ana.receipts.toJSON()).toEqual({ bo: { d: { [writer]: 1 }, r: { [writer]: 0 } } });
  });

  test('that both move a message to the end move it once', async () => {
    await using installation = await startInstallation({ servers: 2 });
    const ana = await join(installation, 'ana', 0);
    const offline = new LocalDevice('bo', 1);
    offline.say('written offline');
    ana.doc.transact(() => {
      for (let i = 0; i < 30; i++) ana.say(`message ${i}`);
    });
    await ana.settled();
    for (const { rooms } of installation.servers) await rooms.catchUp();
    const here = await join(installation, 'bo', 0);
    const there = await join(installation, 'bo', 1);
    const lock = await holdCommits(installation.pool, installation.document);
    const bytes = Y.encodeStateAsUpdate(offline.doc);
    here.submit(bytes);
    there.submit(bytes);
    await lock.held(2);
    await lock.release();
    await converge(installation, [ana, here, there]);
    expect(ana.texts.filter((text) => text === 'written offline')).toHaveLength(1);
    expect(ana.messages.toArray().filter((each) => 'text' in each && each.text === 'written offline')).toHaveLength(1);
    expect(ana.texts.at(-1)).toBe('written offline');
  });

  test.each([
    ['edit first', ['edit', 'delete']],
    ['deletion first', ['delete', 'edit']],
  ] as const)('between an edit and a deletion: no edit survives (%s)', async (_, order) => {
    await using installation = await startInstallation({ servers: 2 });
    const ana = await join(installation, 'ana', 0);
    const id = ana.say('the secret');
    await ana.settled();
    for (const { rooms } of installation.servers) await rooms.catchUp();
    const phone = await join(installation, 'ana', 0);
    const tablet = await join(installation, 'ana', 1);
    const lock = await holdCommits(installation.pool, installation.document);
    const devices = { edit: phone, delete: tablet };
    for (const [index, what] of order.entries()) {
      if (what === 'edit') devices.edit.edit(id, 'the edited secret');
      else devices.delete.delete(id);
      await lock.held(index + 1);
    }
    await lock.release();
    await Promise.all([phone.settled(), tablet.settled()]);
    await converge(installation, [ana, phone, tablet]);
    expect(ana.texts).toEqual(['†']);
    expect((await installation.stored()).includes('secret')).toBe(false);
    if (order[0] === 'delete') expect(phone.refusals).toMatchObject([{ kind: 'deleted' }]);
  });

  test('to which two people bring the same new writer bind it to one of them, and store nothing of the other', async () => {
    await using installation = await startInstallation({ servers: 2 });
    const bo = await join(installation, 'bo', 0);
    const eve = await join(installation, 'eve', 1);
    const lock = await holdCommits(installation.pool, installation.document);
    const writer = 4711;
    for (const device of [bo, eve]) {
      const value = { id: `${writer.toString(36)}-0`, from: device.user, at: 1, text: `by ${device.user}` };
      device.submit(rawUpdate({ sections: [{ client: writer, clock: 0, structs: [{ content: { any: [value] } }] }] }));
      await lock.held(device === bo ? 1 : 2);
    }
    await lock.release();
    await Promise.all([bo.catchUp(), eve.catchUp()]);
    expect([bo.texts, eve.texts]).toEqual([['by bo'], ['by bo']]);
    expect(eve.told.filter(({ is }) => is === 'acknowledgement')).toEqual([]);
    const next = { id: `${writer.toString(36)}-1`, from: 'eve', at: 1, text: 'by eve' };
    eve.submit(rawUpdate({ sections: [{ client: writer, clock: 1, structs: [{ content: { any: [next] } }] }] }));
    await eve.bell.until(() => eve.closed, 'the end of the channel');
    expect([bo.closed, eve.closed]).toEqual([undefined, CLOSE.hostile]);
    expect((await installation.journal()).includes('by eve')).toBe(false);
  });
});

describe('between judgement and commit', () => {
  test('a member who is removed writes nothing more', async () => {
    await using installation = await startInstallation();
    const ana = await join(installation, 'ana');
    const bo = await join(installation, 'bo');
    const lock = await holdCommits(installation.pool, installation.document);
    bo.say('after all');
    await lock.held();
    await lock.client.query('delete from members where "user" = \'bo\'');
    await lock.release();
    await bo.bell.until(() => bo.closed, 'the end of the channel');
    expect(bo.closed).toBe(CLOSE.notMember);
    ana.say('without bo');
    await ana.settled();
    expect(ana.texts).toEqual(['without bo']);
    expect((await installation.journal()).includes('after all')).toBe(false);
  });

  test('an admin who is one no longer deletes nothing of others', async () => {
    await using installation = await startInstallation();
    await installation.pool.query("update members set role = 'admin' where \"user\" = 'bo'");
    const ana = await join(installation, 'ana');
    const bo = await join(installation, 'bo');
    const id = ana.say('stays');
    await ana.settled();
    const lock = await holdCommits(installation.pool, installation.document);
    bo.delete(id);
    await lock.held();
    await lock.client.query("update members set role = 'member' where \"user\" = 'bo'");
    await lock.release();
    await bo.settled();
    expect(bo.refusals).toMatchObject([{ kind: 'not-author' }]);
    expect(ana.texts).toEqual(['stays']);
  });
});

test('a document that cannot be opened is reported, and opens when it can', async () => {
  await using installation = await startInstallation();
  const [{ spoil, rooms }] = installation.servers as [Installation['servers'][number]];
  spoil.query = () => Promise.reject(new Error('nobody answers'));
  await expect(rooms.open(installation.document)).rejects.toThrow('nobody answers');
  expect(installation.lines.filter((line) => line.includes('could not be opened'))).toHaveLength(1);
  delete spoil.query;
  expect(await rooms.open(installation.document)).toBeDefined();
});

describe('before anybody told the room', () => {
  test('a member who was added is let in and may write', async () => {
    await using installation = await startInstallation();
    const { pool, document } = installation;
    await pool.query('delete from members where "user" = \'cy\'');
    const ana = await join(installation, 'ana');
    const room = await installation.rooms.open(document);
    expect(await room?.admits('cy' as UserId)).toBe(false);
    await pool.query("insert into members (conversation, \"user\", role) values ('c', 'cy', 'member')");
    expect(await room?.admits('cy' as UserId)).toBe(true);
    const cy = await join(installation, 'cy');
    cy.say('thanks');
    await cy.settled();
    expect([ana.texts, cy.closed]).toEqual([['thanks'], undefined]);
  });

  test('what a member writes who was added meanwhile is taken, from a socket and from a post', async () => {
    await using installation = await startInstallation();
    const { pool, rooms, conversation } = installation;
    await pool.query('delete from members where "user" = \'cy\'');
    const ana = await join(installation, 'ana');
    await pool.query("insert into members (conversation, \"user\", role) values ('c', 'cy', 'member')");
    // Before the row, what opens a sync would be judged, too, and rightly refused.
    const cy = await join(installation, 'cy');
    const posted = rooms.post({ conversation, user: 'cy' as UserId, text: 'posted' });
    cy.say('sent');
    expect(await posted).toMatchObject({ ok: true });
    await cy.settled();
    expect(ana.texts.toSorted()).toEqual(['posted', 'sent']);
  });

  test('an admin who was made one deletes what others wrote', async () => {
    await using installation = await startInstallation();
    const ana = await join(installation, 'ana');
    const bo = await join(installation, 'bo');
    const id = ana.say('goes');
    await ana.settled();
    await installation.pool.query("update members set role = 'admin' where \"user\" = 'bo'");
    bo.delete(id);
    await bo.settled();
    expect([ana.texts, bo.refusals]).toEqual([['†'], []]);
  });
});

describe('an idempotency key', () => {
  const post = (installation: Installation, server: number, text = 'once') =>
    (installation.servers[server] as Installation['servers'][number]).rooms.post({
      conversation: installation.conversation,
      user: 'bo' as UserId,
      text,
      idempotencyKey: 'key',
    });

  test('used twice at the same moment writes once, and both are told the same', async () => {
    await using installation = await startInstallation();
    const ana = await join(installation, 'ana');
    const room = await installation.rooms.open(installation.document);
    const answers = [1, 2, 3].map(
      () =>
        new Promise<unknown>((answered, reject) => {
          let composed: Posted | undefined;
          const from: Submitter = {
            user: 'bo' as UserId,
            refuse: answered,
            acknowledge: () => answered(composed),
            close: (code) => reject(new Error(`closed with ${code}`)),
          };
          const remember = (posted: Posted): void => {
            composed = posted;
          };
          room?.submit({
            is: 'text',
            from,
            text: { text: 'once', idempotencyKey: 'key', composed: remember, answered, closed: () => undefined },
          });
        }),
    );
    const [first, ...others] = await Promise.all(answers);
    expect(first).toEqual({ id: expect.any(String), seq: 1 });
    for (const other of others) expect(other).toMatchObject(first as Posted);
    await ana.catchUp();
    expect(ana.texts).toEqual(['once']);
    ana.say('goes on');
    await ana.settled();
  });

  test('used on two servers at the same moment writes once, and both are told the same', async () => {
    await using installation = await startInstallation({ servers: 2 });
    const ana = await join(installation, 'ana');
    await join(installation, 'cy', 1);
    const lock = await holdCommits(installation.pool, installation.document);
    const both = Promise.all([post(installation, 0), post(installation, 1)]);
    await lock.held(2);
    await lock.release();
    const [here, there] = await both;
    expect(here).toEqual(there);
    await converge(installation, [ana]);
    expect(ana.texts).toEqual(['once']);
  });

  test('of a refused text is not used up', async () => {
    await using installation = await startInstallation();
    expect(await post(installation, 0, '')).toEqual({ ok: false, kind: 'bad-text' });
    expect(await post(installation, 0, 'better')).toMatchObject({ ok: true });
  });
});

describe('a submission that breaks the room', () => {
  test('costs its sender the channel, and nobody else anything', async () => {
    await using installation = await startInstallation();
    const ana = await join(installation, 'ana');
    const bo = await join(installation, 'bo');
    const lock = await holdCommits(installation.pool, installation.document);
    ana.say('first');
    await lock.held();
    ana.say('before');
    bo.say('breaks the room');
    ana.say('after');
    const hold = vi.spyOn(GatedDocument.prototype, 'hold');
    hold.mockImplementation(function (this: GatedDocument, change) {
      const result = original.call(this, change);
      if (Y.encodeStateAsUpdate(this).length && Buffer.from(Y.encodeStateAsUpdate(this)).includes('breaks the room'))
        throw new Error('a bug');
      return result;
    });
    try {
      await lock.release();
      await bo.bell.until(() => bo.closed, 'the end of the channel');
    } finally {
      hold.mockRestore();
    }
    await ana.settled();
    expect(bo.closed).toBe(CLOSE.failure);
    expect(bo.doneBytes).toBe(bo.sentBytes);
    expect(ana.texts).toEqual(['first', 'before', 'after']);
    expect((await installation.journal()).includes('breaks')).toBe(false);
    expect(installation.lines.filter((line) => line.includes('broke the room'))).toHaveLength(1);
    const again = new LocalDevice('bo');
    Y.applyUpdate(again.doc, Y.encodeStateAsUpdate(bo.doc));
    await again.join(installation.rooms, installation.document);
    await ana.bell.until(() => ana.texts.includes('breaks the room'), 'the text, sent again');
  });
});

const original = GatedDocument.prototype.hold;
