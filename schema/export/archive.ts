/**
 * The archive of an account: a zip that one server writes and another reads. Times are ms since 1970.
 *
 * `account.json` comes first. Per conversation follow its epochs, `conversations/<id>/<epoch>.ndjson` (`ExportedMessage` a line)
 * and `….yjs` (varString document id, varUint8Array Yjs V1 update), epochs with six digits so that names sort, and then
 * `conversations/<id>/conversation.json`. Lines and document of an epoch say the same. Behind what names pictures of people and groups
 * follow their bytes, `pictures/<id>`, each once. After all of them come the bytes of files that messages name, `files/<id of the file>`,
 * the newest first. `manifest.json` comes last: without it the archive is incomplete.
 */
import { z } from 'zod';
import { MAX_DESCRIPTION_CHARACTERS, MAX_PINS, MAX_TITLE_CHARACTERS } from '../limits.ts';
import { BLOBS_FOLDER } from './archive-header.ts';

const FORMAT = 'tidewire-archive';
/** Grows when an older reader would misunderstand; keys and files that are new to it it leaves aside. */
export const ARCHIVE_VERSION = 1;

export const ACCOUNT_FILE = 'account.json';
export const MANIFEST_FILE = 'manifest.json';

/** Id of the picture of a person or group, made of whom it shows and of its bytes; absent: none. One that was replaced meanwhile has no bytes here. */
const picture = z
  .string()
  .regex(/^[0-9a-f]{40}$/)
  .optional();

const Id = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);

export const conversationFile = (conversation: string): string => `conversations/${conversation}/conversation.json`;
export const epochFile = (conversation: string, epoch: number, extension: 'ndjson' | 'yjs'): string =>
  `conversations/${conversation}/${String(epoch).padStart(6, '0')}.${extension}`;

export const pictureFile = (picture: string): string => `pictures/${picture}`;

export const blobFile = (file: string): string => BLOBS_FOLDER + file;

const Values = z.record(z.string(), z.unknown());

export const ArchivedAccount = z.object({
  format: z.literal(FORMAT),
  version: z.literal(ARCHIVE_VERSION),
  exportedAt: z.number(),
  account: z.object({ id: Id, name: z.string(), email: z.string(), status: z.string().optional(), picture }),
  /** The account document: settings, drafts, how conversations are kept, and starred messages. For reading; an import leaves them out. */
  settings: Values,
  drafts: Values,
  preferences: Values,
  /** By conversation and message. */
  stars: Values.optional(),
  /** `<conversation>/<message>` of what the person has deleted for themself: it is in the archive like everything else. */
  hidden: z.array(z.string()).optional(),
  conversations: z.array(z.object({ id: Id, title: z.string().nullable() })),
});
export type ArchivedAccount = z.infer<typeof ArchivedAccount>;

export const ArchivedPerson = z.object({
  id: Id,
  name: z.string().min(1).max(100),
  /** The exporter's own, and everybody's in an archive that an operator made. */
  email: z.string().max(254).optional(),
  picture,
  isDeleted: z.literal(true).optional(),
});
export type ArchivedPerson = z.infer<typeof ArchivedPerson>;

export const ArchivedConversation = z.object({
  id: Id,
  kind: z.enum(['direct', 'group']),
  title: z.string().min(1).max(MAX_TITLE_CHARACTERS).nullable(),
  description: z.string().min(1).max(MAX_DESCRIPTION_CHARACTERS).optional(),
  picture,
  createdAt: z.number(),
  members: z.array(z.object({ id: Id, role: z.enum(['owner', 'admin', 'member']), joinedAt: z.number() })).min(1),
  /** Pinned messages, the newest first; absent: none. */
  pins: z
    .array(z.object({ message: z.string().max(32), by: Id, at: z.number() }))
    .max(MAX_PINS)
    .optional(),
  /** Everybody who is named in it: members, authors, readers. */
  people: z.array(ArchivedPerson),
  /** All epochs from 0, with the last entry that each holds and to whom its writers are bound; null is a server. */
  epochs: z
    .array(
      z.object({
        head: z.int().min(0),
        writers: z.array(
          z.tuple([
            z
              .int()
              .min(0)
              .max(2 ** 32 - 1),
            Id.nullable(),
          ]),
        ),
      }),
    )
    .min(1),
});
export type ArchivedConversation = z.infer<typeof ArchivedConversation>;

export const ArchiveManifest = z.object({
  format: z.literal(FORMAT),
  version: z.literal(ARCHIVE_VERSION),
  messages: z.int(),
  /** All other files, in the order in which they stand. */
  files: z.array(z.object({ path: z.string(), bytes: z.int(), sha256: z.string() })),
  /** Ids of files whose bytes are not in it: there was no room, or nobody could read them. */
  left: z.array(z.string()).optional(),
});
export type ArchiveManifest = z.infer<typeof ArchiveManifest>;

/** What every file of the format begins with. */
export const ARCHIVE = { format: FORMAT, version: ARCHIVE_VERSION } as const;
