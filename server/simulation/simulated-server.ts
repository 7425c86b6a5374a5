/** One server of a simulated run: real rooms behind a gate to the database, and their end in several manners. */
import { Writable } from 'node:stream';
import { CLOSE } from '../../schema/close-codes.ts';
import type { DocumentId } from '../../schema/ids.ts';
import type { Pool } from '../database/pool.ts';
import type { FanOut } from '../fan-out/fan-out.ts';
import { createInMemoryFanOut, type Hub } from '../fan-out/in-memory.ts';
import { createLog } from '../log.ts';
import { createMetrics } from '../metrics.ts';
import { Rooms } from '../room/rooms.ts';
import { Gate, type HeldQuery } from './gate.ts';
import { Violation } from './ledger.ts';
import type { Link } from './link.ts';

export interface SimulatedServerOptions {
  readonly name: string;
  readonly pool: Pool;
  readonly hub: Hub;
  readonly document: DocumentId;
  readonly now: () => number;
  readonly onRun: (query: HeldQuery) => Promise<void>;
  readonly onViolation: (violation: Violation) => void;
}

export class SimulatedServer {
  readonly name: string;
  readonly gate: Gate;
  readonly rooms: Rooms;
  readonly fanOut: FanOut;
  /** Of this server, until it has noticed that they are gone. */
  readonly links = new Set<Link>();
  isAlive = true;
  /** Opens under way: a read that fails then fails them, instead of being repeated. */
  #opening = 0;
  readonly #document: DocumentId;

  constructor({ name, pool, hub, document, now, onRun, onViolation }: SimulatedServerOptions) {
    this.name = name;
    this.#document = document;
    this.gate = new Gate({ pool, onRun });
    const log = createLog({ level: 'error', destination: errorsTo(onViolation) });
    this.fanOut = createInMemoryFanOut({ log, hub });
    this.rooms = new Rooms({
      pool: this.gate.pool,
      fanOut: this.fanOut,
      clock: { now },
      log,
      metrics: createMetrics(),
    });
  }

  get isOpening(): boolean {
    return this.#opening > 0;
  }

  /** What a socket does when a client opens a channel. */
  async open(link: Link): Promise<void> {
    this.links.add(link);
    this.#opening++;
    const opened = await this.rooms.open(this.#document).then(
      (room) => ({ ok: true as const, room }),
      () => ({ ok: false as const }),
    );
    this.#opening--;
    if (link.isCut || !this.isAlive) return;
    if (!opened.ok) return link.close(CLOSE.failure, 'the document cannot be opened now; try again');
    if (!opened.room) return link.close(CLOSE.noDocument, 'no such document');
    if (!opened.room.isMember(link.user)) return link.close(CLOSE.notMember, 'not a member of this conversation');
    link.opened(opened.room);
  }

  /** The process is gone in this moment; what it had sent to Postgres may still be run. */
  async crash(): Promise<void> {
    this.isAlive = false;
    this.gate.freeze();
    await this.fanOut[Symbol.asyncDispose]();
    for (const link of this.links) link.cut();
    this.links.clear();
  }

  /** The end of the run, dead or alive: no timers and no promises stay behind. */
  async end(): Promise<void> {
    this.gate.end();
    await this.rooms[Symbol.asyncDispose]();
    await this.fanOut[Symbol.asyncDispose]();
  }
}

/** Commits fail when the simulation wants them to; whatever else a server calls an error is one. */
function errorsTo(onViolation: (violation: Violation) => void): Writable {
  return new Writable({
    write(line: Buffer, _, done) {
      const { msg, err } = JSON.parse(String(line)) as { msg: string; err?: { stack?: string } };
      if (!msg.startsWith('a commit failed'))
        onViolation(new Violation(`the server logged: ${msg}\n${err?.stack ?? ''}`));
      done();
    },
  });
}
