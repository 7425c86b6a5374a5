/** Where late messages go, on a document alone. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_OVERTAKEN_MESSAGES } from '../../schema/limits.ts';
import { BareRoom } from '../testing/bare-room.ts';
import { bareDevice } from '../testing/bare-scene.ts';

const texts = (room: BareRoom): string[] => room.doc.messages.map((each) => ('text' in each ? each.text : '†'));

/** Somebody offline writes while others write so many; clientIDs decide which of them Yjs puts first. */
function overtaken({
  by,
  writes,
  clientID,
  others = 500,
}: {
  by: number;
  writes: number;
  clientID: number;
  others?: number;
}) {
  const room = new BareRoom();
  const ana = bareDevice(room, 'ana', others);
  ana.say('the start');
  ana.submit();
  const bo = bareDevice(room, 'bo', clientID);
  for (let i = 0; i < writes; i++) bo.say(`late ${i}`);
  for (let i = 0; i < by; i++) ana.say(`meanwhile ${i}`);
  ana.submit();
  bo.submit();
  return texts(room);
}

const late = (count: number): string[] => Array.from({ length: count }, (_, index) => `late ${index}`);

describe('a message that others have overtaken', () => {
  test.each([1, 999])(`by ${MAX_OVERTAKEN_MESSAGES} stays where Yjs put it (writer %i)`, (clientID) => {
    const found = overtaken({ by: MAX_OVERTAKEN_MESSAGES, writes: 2, clientID });
    const at = found.indexOf('late 0');
    expect(found.slice(at, at + 2)).toEqual(late(2));
    if (clientID < 500) expect(at).toBe(1);
  });

  test.each([1, 999])(
    `by more than ${MAX_OVERTAKEN_MESSAGES} goes to the end, with all behind it (writer %i)`,
    (clientID) => {
      expect(overtaken({ by: MAX_OVERTAKEN_MESSAGES + 1, writes: 5, clientID }).slice(-5)).toEqual(late(5));
    },
  );

  test('keeps its order when only the first of a writer was overtaken', () => {
    const room = new BareRoom();
    const ana = bareDevice(room, 'ana', 500);
    ana.say('the start');
    ana.submit();
    const bo = bareDevice(room, 'bo', 1);
    bo.say('late 0');
    for (let i = 0; i < 30; i++) ana.say(`meanwhile ${i}`);
    ana.submit();
    // Takes in what happened, without having sent: the next one follows all of it.
    bo.pull();
    bo.say('late 1');
    bo.submit();
    expect(texts(room).slice(-2)).toEqual(late(2));
    bo.say('late 2');
    bo.submit();
    expect(texts(room).slice(-3)).toEqual(late(3));
  });

  test('goes to the end also when its author has written from another device since', () => {
    const room = new BareRoom();
    const phone = bareDevice(room, 'bo', 1);
    const laptop = bareDevice(room, 'bo', 2);
    const ana = bareDevice(room, 'ana', 500);
    phone.say('late 0');
    for (let i = 0; i < 21; i++) ana.say(`meanwhile ${i}`);
    ana.submit();
    laptop.pull();
    laptop.say('from the laptop');
    laptop.submit();
    phone.submit();
    expect(texts(room).slice(-2)).toEqual(['from the laptop', 'late 0']);
  });

  test('is told to every replica in place', () => {
    const room = new BareRoom();
    const ana = bareDevice(room, 'ana', 500);
    const bo = bareDevice(room, 'bo', 1);
    bo.say('late 0');
    for (let i = 0; i < 40; i++) ana.say(`meanwhile ${i}`);
    ana.submit();
    bo.submit();
    ana.pull();
    expect(ana.messages.toJSON()).toEqual(room.doc.messages.toJSON());
    expect(bo.messages.toJSON()).toEqual(room.doc.messages.toJSON());
  });
});

test('whatever the writers and the order of arrival, each writer’s messages stand in the order of writing', () => {
  const step = fc.record({ device: fc.nat(3), count: fc.nat(30), syncs: fc.boolean(), pulls: fc.boolean() });
  const clientIDs = fc.uniqueArray(fc.nat(2 ** 31), { minLength: 4, maxLength: 4 });
  fc.assert(
    fc.property(clientIDs, fc.array(step, { maxLength: 12 }), (writers, steps) => {
      const room = new BareRoom();
      const devices = ['ana', 'bo', 'bo', 'cy'].map((user, index) => bareDevice(room, user, writers[index]));
      for (const { device, count, syncs, pulls } of steps) {
        const who = devices[device] as (typeof devices)[number];
        if (pulls) who.pull();
        for (let i = 0; i < count; i++) who.say(`${i}`);
        if (syncs) expect(who.submit().is).toBe('sound');
      }
      for (const device of devices) expect(device.submit().is).toBe('sound');
      const last = new Map<number, number>();
      for (const element of room.doc.messages) {
        const [writer, clock] = ('id' in element ? element.id : '')
          .split('-')
          .map((text) => Number.parseInt(text, 36)) as [number, number];
        expect(clock).toBeGreaterThan(last.get(writer) ?? -1);
        last.set(writer, clock);
      }
    }),
    { numRuns: 60, interruptAfterTimeLimit: 2_500 },
  );
});
