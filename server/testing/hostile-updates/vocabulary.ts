/** The words in which hostile updates are said: what an attacker's writer appends, and values written byte by byte. */
import { RawAny, type RawStruct, rawUpdate } from '../raw-update.ts';
import type { Scene } from '../scene.ts';

/** `asUpdate`: what becomes of it as an update rather than as a complete state; see `index.ts`. */
export interface HostileUpdate {
  readonly name: string;
  readonly make: (scene: Scene) => Uint8Array;
  readonly asUpdate?: 'asked';
}

/** A part of the list: `hostile` and `asked` add to it. */
export function begin() {
  const list: HostileUpdate[] = [];
  return {
    list: list as readonly HostileUpdate[],
    hostile: (name: string, make: (scene: Scene) => Uint8Array): unknown => list.push({ name, make }),
    asked: (name: string, make: (scene: Scene) => Uint8Array): unknown => list.push({ name, make, asUpdate: 'asked' }),
  };
}

/** One section of the attacker's own writer at its next clock. */
export const own = (make: (scene: Scene, clock: number) => RawStruct | RawStruct[]) => (scene: Scene) => {
  const clock = scene.clock(scene.attackerWriter);
  const structs = [make(scene, clock)].flat();
  return rawUpdate({ sections: [{ client: scene.attackerWriter, clock, structs }] });
};
/** One value appended where a message would stand. */
export const value = (make: (scene: Scene, clock: number) => unknown) =>
  own((scene, clock) => ({ origin: scene.end, content: { any: [make(scene, clock)] } }));
/** An honest message, but for one thing. */
export const message = (override: (scene: Scene, clock: number) => Record<string, unknown>) =>
  value((scene, clock) => scene.message(scene.attackerWriter, clock, override(scene, clock)));
export const ownReceipt = (make: (scene: Scene) => unknown[]) =>
  own((scene) => ({ origin: scene.receipt(scene.attacker), content: { any: make(scene) } }));
export const deletes =
  (...of: ((scene: Scene) => [client: number, clock: number, length: number])[]) =>
  (scene: Scene) =>
    rawUpdate({
      deletes: of.map((each) => {
        const [client, clock, length] = each(scene);
        return { client, ranges: [[clock, length]] };
      }),
    });

export const HUGE = 2 ** 40;
export const integer = (...bytes: number[]): RawAny => new RawAny(125, Uint8Array.of(...bytes));
export const float = (number: number): RawAny => {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, number);
  return new RawAny(123, new Uint8Array(view.buffer));
};
/** An object of lib0's `any` encoding, whose keys may repeat. */
export const object = (...entries: readonly (readonly [key: string, value: RawAny])[]): RawAny =>
  new RawAny(118, entries.length, ...entries.flatMap(([key, { bytes }]) => [key, bytes]));
export const string = (text: string): RawAny => new RawAny(119, text);
export const messageWith = (...extra: readonly (readonly [string, RawAny])[]) =>
  value(({ attacker, attackerWriter }, clock) =>
    object(
      ['id', string(`${attackerWriter.toString(36)}-${clock.toString(36)}`)],
      ['from', string(attacker)],
      ['at', integer(1)],
      ['text', string('attack')],
      ...extra,
    ),
  );
