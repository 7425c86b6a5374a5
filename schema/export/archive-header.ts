/** What clients must know of the archive of an account; without the archive's shapes, which clients do not need. */

/** How many messages it holds when it is asked for, to show how far a download has come. */
export const MESSAGES_HEADER = 'tidewire-messages';

/** The bytes of attached files stand in it, behind everything else but the manifest. */
export const BLOBS_FOLDER = 'files/';
