/** After how many days the messages of a conversation are deleted, as SQL; 0 is never. */

/** `conversation` is an alias of the table's. */
export const retentionOf = (conversation: string): string =>
  `coalesce(${conversation}.retention_days, (select retention_days from installation))`;
