/** What is answered with the archive of an account; without the archive's shapes, which clients do not need. */

/** How many messages it holds when it is asked for, to show how far a download has come. */
export const MESSAGES_HEADER = 'tidewire-messages';
