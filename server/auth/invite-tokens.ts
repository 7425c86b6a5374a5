/**
 * The tokens of links into groups: the id of the link and a code that only the servers can make. Nothing is stored that lets
 * anybody in, and yet who may make links can look theirs up again, which a stored hash would not allow.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';

const CODE_BYTES = 16;
/** As `randomId` makes them. */
const ID_CHARACTERS = 16;
const FORM = /^[\w-]{38}$/;

export const inviteToken = (secret: string, id: string): string => id + codeOf(secret, id).toString('base64url');

/** The id of the link; undefined for a token that no server has made. */
export function readInviteToken(secret: string, token: string): string | undefined {
  if (!FORM.test(token)) return undefined;
  const id = token.slice(0, ID_CHARACTERS);
  const code = Buffer.from(token.slice(ID_CHARACTERS), 'base64url');
  return timingSafeEqual(code, codeOf(secret, id)) ? id : undefined;
}

const codeOf = (secret: string, id: string): Buffer =>
  createHmac('sha256', secret).update(`invite ${id}`).digest().subarray(0, CODE_BYTES);
