/**
 * The pump that drives the rooms of a server: it gathers what all of them have prepared into one commit, keeps few commits
 * under way, and hands the results back. While a commit is under way submissions gather, so that batches grow with the load by
 * themselves. After a commit it tells the other servers and the members what is new.
 */
import type { Pool } from 'pg';
import { previewOf } from '../../schema/document/files.ts';
import type { ConversationId, DocumentId } from '../../schema/ids.ts';
import type { Clock } from '../clock.ts';
import type { FanOut } from '../fan-out/fan-out.ts';
import { append, appendTogether, type Commit } from '../journal/append.ts';
import type { Log } from '../log.ts';
import type { Prepared, Room } from './room.ts';
import type { RoomMetrics } from './room-metrics.ts';

export interface PumpOptions {
  readonly pool: Pool;
  readonly fanOut: Pick<FanOut, 'publish'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: RoomMetrics;
  /** The room of the epoch that takes new messages. */
  readonly openNewest: (conversation: ConversationId) => Promise<Room | undefined>;
  /** Called after every commit, never in its way. */
  readonly onCommit?: ((document: DocumentId) => void) | undefined;
}

interface Flight extends Prepared {
  readonly room: Room;
}

/** Two: one commit travels while the next is prepared. More only make smaller batches. */
const MAX_COMMITS_IN_FLIGHT = 2;

export class Pump {
  readonly #options: PumpOptions;
  readonly #awake = new Set<Room>();
  readonly #inFlight = new Set<Promise<void>>();
  #isScheduled = false;

  constructor(options: PumpOptions) {
    this.#options = options;
  }

  /** The room has something to prepare. */
  wake(room: Room): void {
    this.#awake.add(room);
    this.#schedule();
  }

  /** When the commits that are under way are done. */
  async idle(): Promise<void> {
    await Promise.all(this.#inFlight);
  }

  /** After the sockets were read, so that everything that arrived together is committed together. */
  #schedule(): void {
    if (this.#isScheduled || this.#inFlight.size >= MAX_COMMITS_IN_FLIGHT) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#pump();
    });
  }

  #pump(): void {
    const alone: Flight[] = [];
    const prepared: Flight[] = [];
    const awake = [...this.#awake];
    // Before: what a room says may make somebody submit at once, and wake it again.
    this.#awake.clear();
    for (const room of awake) {
      const wanted = room.prepare();
      if (!wanted) continue;
      const { commit, late } = wanted;
      if (late.length > 0) this.#handOver({ room, ...wanted });
      else if (isTogether(commit)) alone.push({ room, ...wanted });
      else prepared.push({ room, ...wanted });
    }
    if (prepared.length > 0) this.#fly(prepared);
    for (const each of alone) this.#fly([each]);
  }

  #fly(prepared: readonly Flight[]): void {
    const flight = this.#commit(prepared).finally(() => {
      this.#inFlight.delete(flight);
      if (this.#awake.size > 0) this.#schedule();
    });
    this.#inFlight.add(flight);
  }

  /** Asks the open document to take in what came too late for this one, and to commit both. */
  #handOver({ room, commit, late }: Flight): void {
    const failed = () => void room.retry();
    const { conversation } = room.document;
    if (!conversation) throw new Error('An account document has no late messages');
    this.#options.openNewest(conversation).then(
      (open) => {
        if (!open || open === room) return failed();
        open.submit({ is: 'late', batches: late, commit, failed, committed: () => this.#release(room) });
      },
      (error) => {
        this.#options.log.warn({ err: error, document: room.id }, 'could not find the open epoch; trying again');
        failed();
      },
    );
  }

  async #commit(prepared: readonly Flight[]): Promise<void> {
    const { pool, log, metrics } = this.#options;
    const stop = metrics.commitSeconds.startTimer();
    let committed: ReadonlySet<DocumentId> = new Set();
    const commits = prepared.map(({ commit }) => commit);
    const [first] = commits;
    try {
      if (first && isTogether(first)) committed = new Set((await appendTogether(pool, first)) ? [first.document] : []);
      else committed = await append(pool, commits);
    } catch (error) {
      log.error({ err: error, documents: prepared.length }, 'a commit failed; everything in it is judged again');
    }
    stop();
    for (const { room, commit } of prepared) {
      if (committed.has(commit.document)) {
        metrics.entries.inc(commit.entries.length);
        this.#release(room);
        if (commit.account?.privacy) this.#announceSettings(room);
        if (commit.nextGeneration !== undefined) this.#announceEpoch(room);
      } else {
        metrics.conflicts.inc();
        void room.retry();
      }
    }
  }

  #release(room: Room): void {
    const message = room.release();
    const { fanOut, onCommit } = this.#options;
    onCommit?.(room.id);
    const { conversation, epoch, head: seq, memberIds } = room.document;
    if (!message || !conversation) return;
    const { from, at } = message;
    const head = { conversation, epoch, seq, from, at, preview: previewOf(message), members: memberIds };
    fanOut.publish('head', head);
  }

  #announceSettings({ document: { memberIds } }: Room): void {
    for (const user of memberIds) this.#options.fanOut.publish('settings', { user });
  }

  /** Members who hold the closed document open the next one when they hear of it. */
  #announceEpoch({ document }: Room): void {
    const { fanOut, clock } = this.#options;
    const { conversation, epoch, memberIds } = document;
    const [from] = memberIds;
    if (!from || !conversation) return;
    const notice = { conversation, epoch: epoch + 1, seq: 0, from, at: clock.now(), preview: '', members: memberIds };
    fanOut.publish('head', notice);
  }
}

/** Whether something else must happen in the same transaction. */
const isTogether = ({ nextGeneration, riders, claims, account }: Commit): boolean =>
  nextGeneration !== undefined || riders.length > 0 || (claims?.length ?? 0) > 0 || account !== undefined;
