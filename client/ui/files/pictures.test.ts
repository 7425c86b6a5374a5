/** Which pictures a conversation has, and what is before and after one. */
import { describe, expect, test } from 'vitest';
import type { TimelineRow } from '../../conversation/conversation.ts';
import { isGone, type PictureOf, picturesOf, placeOf } from './pictures.ts';

const picture = (id: string) => ({ id, name: `${id}.jpg`, type: 'image/jpeg', size: 1, width: 4, height: 3 });
const row = (id: string, epoch: number, ...files: object[]) =>
  ({ epoch, message: { id, from: 'ana', at: 1, text: '', files } }) as unknown as TimelineRow;
const deleted = (id: string, epoch: number) =>
  ({ epoch, message: { id, from: 'ana', at: 1, deletedAt: 2, by: 'ana' } }) as unknown as TimelineRow;

const rows = [
  row('m1', 0, picture('a'), picture('b')),
  deleted('m2', 0),
  row('m3', 1, { ...picture('x'), type: 'application/pdf' }, { id: 'y', name: 'y.heic', type: 'image/heic', size: 1 }),
  row('m4', 1, picture('c')),
];
const names = (pictures: readonly (PictureOf | undefined)[]) => pictures.map((one) => one?.file.id);

describe('the pictures of a conversation', () => {
  test('are those that can be shown, in the order of their messages and in these', () => {
    expect(names(picturesOf(rows))).toEqual(['a', 'b', 'c']);
  });

  test('have one before and one after, except at the ends', () => {
    const pictures = picturesOf(rows);
    const around = pictures.map((one) => placeOf(pictures, one));
    expect(around.map(({ older, newer }) => names([older, newer]))).toEqual([
      [undefined, 'b'],
      ['a', 'c'],
      ['b', undefined],
    ]);
  });

  test('are found around one whose rows went when others came', () => {
    const c = picturesOf(rows)[2] as PictureOf;
    const { index, older, newer } = placeOf(picturesOf(rows.slice(0, 2)), c);
    expect(index).toBe(-1);
    expect(names([older, newer])).toEqual(['b', undefined]);
  });

  test('are gone when their message was deleted, and not when its row went', () => {
    const a = picturesOf(rows)[0] as PictureOf;
    expect(isGone(rows, a)).toBe(false);
    expect(isGone(rows.slice(1), a)).toBe(false);
    expect(isGone([deleted('m1', 0)], a)).toBe(true);
  });
});
