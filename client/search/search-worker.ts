/** The worker around the device's index: queries in, matches out, and a word when other matches would come out now. */
import { systemClock } from '../connection/clock.ts';
import { DeviceIndex } from './device-index.ts';
import type { SearchAnswer, SearchRequest } from './device-search.ts';

/** Changes that come together are told once. */
const TELL_AFTER_MS = 100;

const answer = (message: SearchAnswer) => self.postMessage(message);
let index: DeviceIndex | undefined;
let isTelling = false;

function changed(): void {
  if (isTelling) return;
  isTelling = true;
  setTimeout(() => {
    isTelling = false;
    answer({ t: 'changed' });
  }, TELL_AFTER_MS);
}

self.addEventListener('message', ({ data }: MessageEvent<SearchRequest>) => {
  const { request, account, query, limit, conversation } = data;
  index ??= new DeviceIndex({ account, bus: new BroadcastChannel(account), clock: systemClock, onChange: changed });
  answer({ t: 'found', request, items: index.search(query, limit, conversation) });
});
