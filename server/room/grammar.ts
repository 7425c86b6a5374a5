/**
 * What an honest client can write into one kind of document: which roots there are, which values, and who may write and
 * delete where. Inspection is the same for all kinds and asks a grammar; the rules of the product are none of its business.
 */
import type * as decoding from 'lib0/decoding';
import type { UserId } from '../../schema/ids.ts';
import type { StructId } from './read-update.ts';

/** Where an item stands: `key` is null in an array, and the key of its value in a map. */
export interface Place {
  readonly root: string;
  readonly key: string | null;
}

/** New values of one struct; null for deleted content. */
export interface NewValues<Value> extends StructId {
  readonly length: number;
  readonly values: readonly Value[] | null;
}

export interface Grammar<Value, Contents> {
  readonly roots: readonly string[];
  hasPlace(root: string, key: string | null): boolean;
  /**
   * Reads one value in lib0's `any` encoding; throws `MalformedUpdate`.
   *
   * @param count counts what follows against the limit of the whole update, before anything is made of it.
   */
  readValue(decoder: decoding.Decoder, count: () => number): Value;
  /** What an update turned out to bring, before anything was collected. */
  noContents(): Contents;
  /** Adds what `user` wrote at `place` to the contents; the answer, if there is one, says why nobody honest would. */
  collect(contents: Contents, written: NewValues<Value>, place: Place, user: UserId): string | undefined;
  /** Whether `user` may delete what stands there, also what is deleted in the update that brings it. */
  mayDelete(place: Place, user: UserId): boolean;
}
