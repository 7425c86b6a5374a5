/**
 * Fan-out inside one process: for a single server, and for several in one test that share a hub. Listeners hear a notice
 * after `publish` has returned, so that no publisher is re-entered, and in the order of publication; rooms hear of entries alike.
 */
import type { Doc } from 'yjs';
import type { DocumentId } from '../../schema/ids.ts';
import type { Log } from '../log.ts';
import type { FanOut, Link, Notices, RoomEnd } from './fan-out.ts';

type Listener = <Topic extends keyof Notices>(topic: Topic, notice: Notices[Topic]) => void;

/** What joins the servers of one process. */
export interface Hub {
  readonly ends: Set<Listener>;
  readonly rooms: Map<DocumentId, Set<RoomEnd>>;
  /** Brings an entry to a room, some time or never. */
  readonly bring: (arrive: () => void) => void;
}

export const createHub = ({ bring = queueMicrotask }: Partial<Pick<Hub, 'bring'>> = {}): Hub => ({
  ends: new Set(),
  rooms: new Map(),
  bring,
});

export function createInMemoryFanOut({ log, hub: given }: { log: Log; hub?: Hub }): FanOut {
  const hub = given ?? createHub();
  const links = new Set<Link>();
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
    join(document, room) {
      // Alone there is nobody to tell, and nothing needs to be sealed.
      if (!given) return ALONE;
      const link = linkRoom({ hub, document, room, onClose: () => links.delete(link) });
      links.add(link);
      return link;
    },
    async [Symbol.asyncDispose]() {
      for (const link of links) link.close();
      hub.ends.delete(hear);
      listeners.clear();
    },
  };
}

const ALONE: Link = { carry() {}, forget() {}, close() {} };

interface LinkOptions {
  readonly hub: Hub;
  readonly document: DocumentId;
  readonly room: RoomEnd;
  readonly onClose: () => void;
}

function linkRoom({ hub, document, room, onClose }: LinkOptions): Link {
  const rooms = hub.rooms.get(document) ?? new Set();
  hub.rooms.set(document, rooms);
  rooms.add(room);
  let copy: Doc | undefined;
  const send = (entry: Uint8Array): void => {
    for (const other of rooms)
      if (other !== room) hub.bring(() => rooms.has(other) && other.receive([Uint8Array.from(entry)]));
  };
  return {
    carry(next) {
      copy?.off('update', send);
      copy = next;
      next.on('update', send);
    },
    // Nothing is kept here that could be found.
    forget() {},
    close() {
      copy?.off('update', send);
      rooms.delete(room);
      if (rooms.size === 0 && hub.rooms.get(document) === rooms) hub.rooms.delete(document);
      onClose();
    },
  };
}
