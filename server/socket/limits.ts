/** Limits of the server's sockets that no client needs to know. */
import { MAX_FRAME_BYTES } from '../../schema/limits.ts';

/** From the upgrade request to the authorized socket. Verification takes milliseconds; a database restart a few seconds. */
export const ACCEPT_DEADLINE_MS = 10_000;

/** Upgrade requests waiting for verification. At 2,000 a second this is a second's work; more only wait longer. */
export const MAX_PENDING_UPGRADES = 5_000;

/** The largest message of a socket that is being turned away. A stock client's first question is shorter. */
export const MAX_UNAUTHORIZED_BYTES = 64 * 1024;

/** Bytes waiting for a slow reader. Sixteen full epochs; whoever is further behind is better off syncing afresh. */
export const MAX_SEND_QUEUE_BYTES = 4 * 1024 * 1024;

/** Bytes written to one socket in one turn of the event loop: two of the largest frames. */
export const MAX_TURN_BYTES = 2 * MAX_FRAME_BYTES;

/** Answers to "what do you have?" being made for one connection. Eight full epochs are half of its send queue. */
export const MAX_ANSWERS_UNDER_WAY = 8;

/** With more than this unread no further answer is begun. A quarter of the send queue leaves room for what others write. */
export const MAX_BACKLOG_BYTES = 1024 * 1024;

/** Bytes received and not yet judged, per connection. Above it the socket is read no further: slowed, never cut. */
export const MAX_UNJUDGED_BYTES = 1024 * 1024;

/** Channels ever opened on one connection; their numbers are remembered because none may be used twice. */
export const MAX_CHANNEL_NUMBERS = 10_000;

/** A state vector has about ten bytes a writer; an epoch has about a hundred writers. */
export const MAX_STATE_VECTOR_BYTES = 64 * 1024;

/** A dead peer is noticed within two of these. Mobile networks forget an idle mapping after 30 s at the earliest. */
export const HEARTBEAT_MS = 25_000;

/** y-websocket gives up after 30 s without a message. */
export const KEEP_ALIVE_MS = 20_000;

/** A peer that is not read hears that the server lives. Our clients give up after 4 s at the earliest, when they have just woken up. */
export const KEEP_ALIVE_UNREAD_MS = 2_000;

/** Documents one connection may load at the same time: loading is database work. */
export const MAX_CHANNELS_OPENING = 100;
