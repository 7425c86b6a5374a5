/** The picture that is looked at, of whatever conversation: set by a press on it, shown by the gallery of its conversation. */
import type { FileId } from '../../../schema/document/files.ts';
import type { ConversationId } from '../../../schema/ids.ts';
import { createSource } from '../observed.ts';

export interface Viewed {
  readonly conversation: ConversationId;
  readonly file: FileId;
}

export const viewed = createSource<Viewed | undefined>(undefined);
