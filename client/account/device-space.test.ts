/** What a device says of the space it uses, by kind, and what it lets go of. */
import { describe, expect, test } from 'vitest';
import { Source } from '../conversation/source.ts';
import { deviceSpace } from './device-space.ts';
import type { BrowserStorage } from './environment.ts';

const MB = 1_000_000;

function spaceOf(storage: BrowserStorage | undefined, { kept = 30 * MB, waiting = [5 * MB, 2 * MB] } = {}) {
  const cache = {
    kept,
    measure: async () => cache.kept,
    empty: async () => {
      cache.kept = 0;
    },
  };
  const contents = new Source([{ files: waiting.map((size) => ({ size })) }]);
  return deviceSpace({
    storage,
    cache,
    unsent: { contents } as unknown as Parameters<typeof deviceSpace>[0]['unsent'],
  });
}

function browserThat(
  estimate: Awaited<ReturnType<BrowserStorage['estimate']>>,
  answer: 'agrees' | 'refuses' | 'fails' = 'agrees',
): BrowserStorage {
  let isPersisted = false;
  return {
    estimate: async () => estimate,
    persisted: async () => isPersisted,
    async persist() {
      if (answer === 'fails') throw new Error('not allowed');
      isPersisted = answer === 'agrees';
      return isPersisted;
    },
  };
}

describe('[A13] the space that is used', () => {
  test('is told by kind: messages are what the databases hold beside files that wait', async () => {
    const usage = { usage: 60 * MB, quota: 900 * MB, usageDetails: { indexedDB: 17 * MB } };
    expect(await spaceOf(browserThat(usage)).measure()).toEqual({
      ...{ messages: 10 * MB, files: 30 * MB, unsent: 7 * MB, rest: 13 * MB },
      ...{ available: 900 * MB, isPersisted: false },
    });
  });

  test('is never negative, however roughly a browser counts, and unknown where it does not', async () => {
    const use = await spaceOf(browserThat({ usage: 10 * MB, quota: 900 * MB })).measure();
    expect(use).toMatchObject({ messages: 0, files: 30 * MB, unsent: 7 * MB, rest: 0 });
    expect(await spaceOf(undefined).measure()).toBeUndefined();
  });

  test('loses kept files, and nothing that only this device has', async () => {
    const space = spaceOf(browserThat({ usage: 60 * MB, quota: 900 * MB, usageDetails: { indexedDB: 17 * MB } }));
    await space.clearFiles();
    expect(await space.measure()).toMatchObject({ messages: 10 * MB, files: 0, unsent: 7 * MB });
  });

  test('is safe once the browser agrees; one that fails it has refused', async () => {
    const space = spaceOf(browserThat({ usage: 1, quota: 2 }));
    expect(await space.persist()).toBe(true);
    expect((await space.measure())?.isPersisted).toBe(true);
    expect(await spaceOf(browserThat({}, 'refuses')).persist()).toBe(false);
    expect(await spaceOf(browserThat({}, 'fails')).persist()).toBe(false);
    expect(await spaceOf(undefined).persist()).toBe(false);
  });
});
