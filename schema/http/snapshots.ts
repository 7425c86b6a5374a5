/** Response shapes of snapshots: merged documents at a seq. Times are ms since 1970. */
import { z } from '@hono/zod-openapi';
import { MessageReactions } from './messages.ts';

export const Snapshot = z
  .object({
    epoch: z.int().min(0),
    seq: z.int(),
    bytes: z.int(),
    createdAt: z.number(),
    /** Of the bytes as `yjs`, in hex. An erasure changes them. */
    sha256: z.string(),
  })
  .openapi('Snapshot');
export type Snapshot = z.infer<typeof Snapshot>;

export const Snapshots = z
  .object({
    items: z.array(Snapshot),
    /** Entries after the newest snapshot: the document can be fetched at each of these seqs, too. Absent when there are none. */
    journal: z.object({ from: z.int(), to: z.int() }).optional(),
  })
  .openapi('Snapshots');
export type Snapshots = z.infer<typeof Snapshots>;

export const TakenSnapshot = z.object({ epoch: z.int().min(0), seq: z.int() }).openapi('TakenSnapshot');
export type TakenSnapshot = z.infer<typeof TakenSnapshot>;

const ReceiptVector = z.record(z.string(), z.number());

/** The timeline as the snapshot holds it, in the document's order, and the receipts. */
export const SnapshotContents = z
  .object({
    epoch: z.int().min(0),
    seq: z.int(),
    messages: z.array(
      z.object({
        id: z.string(),
        from: z.string(),
        at: z.number(),
        /** null once deleted */
        text: z.string().nullable(),
        editedAt: z.number().optional(),
        deletedAt: z.number().optional(),
        by: z.string().optional(),
        re: z.string().optional(),
        reactions: MessageReactions.optional(),
      }),
    ),
    /** User → per writer (base 36) the highest clock stored (`d`) and shown (`r`). */
    receipts: z.record(z.string(), z.object({ d: ReceiptVector, r: ReceiptVector })),
  })
  .openapi('SnapshotContents');
export type SnapshotContents = z.infer<typeof SnapshotContents>;
