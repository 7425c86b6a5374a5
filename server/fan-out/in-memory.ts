/**
 * Fan-out inside one process: for a single server, and for several in one test that share a hub. Listeners hear a notice
 * after `publish` has returned, so that no publisher is re-entered, and in the order of publication.
 */
import type { Log } from '../log.ts';
import type { FanOut, Notices } from './fan-out.ts';

type Listener = <Topic extends keyof Notices>(topic: Topic, notice: Notices[Topic]) => void;

/** What joins the servers of one process. */
export interface Hub {
  readonly ends: Set<Listener>;
}

export const createHub = (): Hub => ({ ends: new Set() });

export function createInMemoryFanOut({ log, hub = createHub() }: { log: Log; hub?: Hub }): FanOut {
  const listeners = new Map<keyof Notices, Set<(notice: never) => void>>();

  const hear: Listener = (topic, notice) => {
    for (const listener of listeners.get(topic) ?? []) {
      try {
        listener(notice as never);
      } catch (error) {
        // A notice may always be lost; its other listeners must not lose it with this one.
        log.error({ err: error, topic }, 'a listener of the fan-out failed');
      }
    }
  };
  hub.ends.add(hear);

  return {
    publish(topic, notice) {
      if (!hub.ends.has(hear)) return;
      queueMicrotask(() => {
        for (const end of hub.ends) end(topic, notice);
      });
    },
    subscribe(topic, listener) {
      const ofTopic = listeners.get(topic) ?? new Set();
      listeners.set(topic, ofTopic);
      // Wrapped, so that one function subscribed twice is two listeners.
      const own = (notice: never): void => listener(notice);
      ofTopic.add(own);
      return () => ofTopic.delete(own);
    },
    async [Symbol.asyncDispose]() {
      hub.ends.delete(hear);
      listeners.clear();
    },
  };
}
