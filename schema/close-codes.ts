/**
 * Close codes of sockets and channels. 4400–4499 are permanent: the client stops until the person or the app changes
 * something. 4500–4599, 1012 and 1013 mean: try again later, with jitter.
 */
export const CLOSE = {
  /** Hostile or malformed bytes: drop the local copy, sync afresh, offer unsent text as failed. */
  hostile: 4400,
  /** The session is missing, over or revoked: sign in again. */
  signIn: 4401,
  /** The user is not a member of the conversation. */
  notMember: 4403,
  /** No such document. */
  noDocument: 4404,
  /** The stored document was restored or reset: drop the local copy, keep unsent text. */
  generation: 4409,
  /** The request was well formed but more than this connection may have: too many channels. */
  tooMany: 4429,
  /** The server failed; what was not acknowledged must be sent again. */
  failure: 4500,
  /** The reader is too slow: its send queue is full. */
  slowReader: 4508,
  /** The server restarts. */
  restart: 1012,
  /** The server is overloaded. */
  overload: 1013,
} as const;

/** Whether trying again by itself is pointless. */
export const isPermanent = (code: number): boolean => code >= 4400 && code < 4500;
