/**
 * All chance of a simulated run comes from its seed: what the simulation decides, and what the product and Yjs draw while
 * the run goes on (clientIDs, jitter). So that many runs can share a process, each draws from its own seed, found through
 * the asynchronous context of whoever asks; outside of runs nothing changes.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import * as Y from 'yjs';

/** xoshiro128** by Blackman and Vigna, seeded with splitmix32: small, fast, and of far better quality than is needed. */
export class Chance {
  readonly #state: Uint32Array;

  constructor(seed: number) {
    let x = seed | 0;
    this.#state = Uint32Array.from({ length: 4 }, () => {
      x = (x + 0x9e3779b9) | 0;
      let z = x ^ (x >>> 16);
      z = Math.imul(z, 0x21f0aaad);
      z ^= z >>> 15;
      z = Math.imul(z, 0x735a2d97);
      return z ^ (z >>> 15);
    });
  }

  uint32(): number {
    const s = this.#state as unknown as [number, number, number, number];
    const product = Math.imul(s[1], 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const t = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = (s[3] << 11) | (s[3] >>> 21);
    return result;
  }

  /** Uniform in [0, 1). */
  next(): number {
    return this.uint32() / 2 ** 32;
  }

  /** A whole number below `end`. */
  below(end: number): number {
    return Math.floor(this.next() * end);
  }

  happens(probability: number): boolean {
    return this.next() < probability;
  }

  /** `items` must not be empty. */
  pick<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)] as Item;
  }

  /** Picks in proportion to the weights, which must not all be 0. */
  weighted<Item>(items: readonly (readonly [Item, number])[]): Item {
    let left = this.next() * items.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [item, weight] of items) {
      left -= weight;
      if (left < 0) return item;
    }
    return (items.at(-1) as readonly [Item, number])[0];
  }
}

const runs = new AsyncLocalStorage<Chance>();

/** While `work` goes on, whatever it awaits or causes draws from `chance`. */
export function withChance<Result>(chance: Chance, work: () => Promise<Result>): Promise<Result> {
  takeOver();
  return runs.run(chance, work);
}

let isTakenOver = false;

function takeOver(): void {
  if (isTakenOver) return;
  isTakenOver = true;
  const random = Math.random;
  Math.random = () => runs.getStore()?.next() ?? random();
  // Yjs takes clientIDs from the system's source of randomness, which it holds since it was imported. But each becomes known
  // by an assignment to the document, and that can be seen.
  const ids = new WeakMap<Y.Doc, number>();
  Object.defineProperty(Y.Doc.prototype, 'clientID', {
    configurable: true,
    get(this: Y.Doc) {
      return ids.get(this);
    },
    set(this: Y.Doc, drawn: number) {
      ids.set(this, runs.getStore()?.uint32() ?? drawn);
    },
  });
}

/** Lets `doc` write under a clientID of one's choice for the time of `write`. */
export function writeAs(doc: Y.Doc, writer: number, write: () => void): void {
  const own = doc.clientID;
  runs.exit(() => {
    doc.clientID = writer;
  });
  try {
    write();
  } finally {
    runs.exit(() => {
      doc.clientID = own;
    });
  }
}
