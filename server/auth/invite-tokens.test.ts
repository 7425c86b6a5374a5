import { expect, test } from 'vitest';
import { inviteToken, readInviteToken } from './invite-tokens.ts';

const ID = 'AbCdEfGhIjKlMnO_';

test('a token names its link, to servers with the same secret only', () => {
  const token = inviteToken('secret', ID);
  expect(token).toMatch(/^[\w-]{38}$/);
  expect(readInviteToken('secret', token)).toBe(ID);
  expect(readInviteToken('another', token)).toBeUndefined();
});

test('a token of which one character is another one names nothing', () => {
  const token = inviteToken('secret', ID);
  for (let at = 0; at < token.length; at++) {
    // The last character of base64url has bits that say nothing.
    const other = token[at] === 'Q' ? 'g' : 'Q';
    expect(readInviteToken('secret', token.slice(0, at) + other + token.slice(at + 1)), `at ${at}`).toBeUndefined();
  }
  for (const broken of ['', ID, token.slice(1), `${token}A`, `${token.slice(0, -1)}!`, 'é'.repeat(38)])
    expect(readInviteToken('secret', broken)).toBeUndefined();
});
