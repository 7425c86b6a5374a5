/** Judges what is handed in to an account document. Its owner alone writes there, so every writer is the owner's and none is bound. */
import { ACCOUNT_GRAMMAR } from './account-grammar.ts';
import { inspect } from './inspect.ts';
import type { Judge } from './judgement.ts';
import { settleAccount } from './settle-account.ts';

export const judgeAccount: Judge = (replica, { user, bytes, isComplete }) => {
  if (!replica.members.has(user)) return { is: 'hostile', why: 'the account of somebody else' };
  const { doc, userOf, values } = replica;
  const inspection = inspect(bytes, { doc, grammar: ACCOUNT_GRAMMAR, user, userOf, isComplete });
  if (inspection.is !== 'sound') return inspection;
  const { update, refused, erases, rows } = settleAccount(inspection.update, { doc, values });
  return {
    is: 'settled',
    update,
    refused: refused.length > 0 ? [{ kind: 'too-large', ids: refused }] : [],
    writers: inspection.update.writers,
    unbound: [],
    erases,
    ...((rows.privacy || rows.push || rows.reads.length > 0 || rows.mutings.length > 0) && { account: rows }),
  };
};
