/** The pictures of a conversation in their order, as far as its rows are here, and which come before and after one. Pure. */
import { isPicture, type MessageFile } from '../../../schema/document/files.ts';
import { isDeleted, type LiveMessage } from '../../../schema/document/message.ts';
import type { TimelineRow } from '../../conversation/conversation.ts';

export interface PictureOf {
  readonly message: LiveMessage;
  readonly file: MessageFile;
  readonly epoch: number;
}

/** What is shown as a picture; what a browser could not measure is a file to save. */
export const isShownAsPicture = (file: Omit<MessageFile, 'id'>): boolean => isPicture(file) && file.width !== undefined;

export const picturesOf = (rows: readonly TimelineRow[]): readonly PictureOf[] =>
  rows.flatMap(({ message, epoch }) =>
    isDeleted(message) ? [] : (message.files ?? []).filter(isShownAsPicture).map((file) => ({ message, file, epoch })),
  );

export interface Place {
  /** -1: the rows of `present` are not here any more, as others were loaded. */
  readonly index: number;
  readonly older?: PictureOf | undefined;
  readonly newer?: PictureOf | undefined;
}

export function placeOf(pictures: readonly PictureOf[], present: PictureOf): Place {
  const index = pictures.findIndex(({ file }) => file.id === present.file.id);
  if (index >= 0) return { index, older: pictures[index - 1], newer: pictures[index + 1] };
  return {
    index,
    older: pictures.findLast(({ epoch }) => epoch < present.epoch),
    newer: pictures.find(({ epoch }) => epoch > present.epoch),
  };
}

/** Its message is here, and it is no longer in it: it was deleted. */
export const isGone = (rows: readonly TimelineRow[], { message, file }: PictureOf): boolean =>
  rows.some(
    (row) =>
      row.message.id === message.id && !('files' in row.message && row.message.files?.some(({ id }) => id === file.id)),
  );
