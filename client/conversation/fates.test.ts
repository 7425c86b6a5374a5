import { expect, test } from 'vitest';
import type { Message } from '../../schema/document/message.ts';
import { type DocumentId, messageId, type UserId } from '../../schema/ids.ts';
import type { OutboxRecord } from '../storage/records.ts';
import { Fates, type FatesOptions } from './fates.ts';
import type { LocalCopy } from './local-copy.ts';
import type { Outbox } from './outbox.ts';

const record = (writer: number, clock: number, incarnation = 0): OutboxRecord => {
  const id = messageId(writer, clock);
  const element = { id, from: 'ana' as UserId, at: 1, text: id };
  return { document: 'talk.0' as DocumentId, incarnation, id, writer, clock, element, update: new Uint8Array() };
};

/** An outbox that only says what it was told, and a copy that has every struct and in which messages stand. */
function watch(records: OutboxRecord[], seek: FatesOptions['seek'] = async () => undefined, standing = records) {
  const told: string[] = [];
  const tell = (verb: string) => async (some: readonly OutboxRecord[]) => {
    for (const one of some) told.push(`${verb} ${one.id}`);
  };
  const outbox = { of: () => records, remove: tell('remove'), fail: tell('fail') } as unknown as Outbox;
  const copy = { incarnation: 0, has: () => true } as unknown as LocalCopy;
  const settled = () => new Map(standing.map((one) => [one.id, one.element as never]));
  const fates = new Fates({
    me: 'ana' as UserId,
    outbox,
    document: 'talk.0' as DocumentId,
    copy: () => copy,
    settled,
    seek,
    redirect: async () => false,
  });
  const after = () => new Promise<string[]>((resolve) => setImmediate(() => resolve(told)));
  return { fates, after };
}

test('an acknowledgement covers what is below its clock, of its writer, in the present copy', async () => {
  const { fates, after } = watch([record(1, 0), record(1, 1), record(1, 2), record(2, 0), record(1, 0, 7)]);
  fates.acknowledged({ writer: 1, clock: 2, seq: 9 });
  expect(await after()).toEqual(['remove 1-0', 'remove 1-1']);
});

test('a refusal concerns the elements it names', async () => {
  const { fates, after } = watch([record(1, 0), record(1, 1)]);
  fates.refused({ ids: [messageId(1, 1), messageId(9, 9)], kind: 'rate' });
  expect(await after()).toEqual(['fail 1-1']);
});

test('a message that stands nowhere here is looked for, and fails only where there is none', async () => {
  const missing = record(3, 0);
  const seekOf = (found: boolean) => async () => (found ? (missing.element as Message) : undefined);
  for (const [found, fate] of [
    [true, 'remove 3-0'],
    [false, 'fail 3-0'],
  ] as const) {
    const { fates, after } = watch([missing], seekOf(found), []);
    fates.acknowledged({ writer: 3, clock: 1, seq: 9 });
    expect(await after()).toEqual([fate]);
  }
});
