/**
 * What a person chooses for all devices and this one remembers by itself, so that it holds before anybody is signed in
 * and before the account document is read: the theme, the language.
 */
import type { Observed, SharedAccount, SharedValues } from '../conversation/conversation.ts';
import { keepChoice, readChoice } from './kept-choice.ts';
import { createSource } from './observed.ts';

interface ChoiceOptions<Value extends string> {
  /** In localStorage. */
  readonly key: string;
  readonly values: readonly Value[];
  /** Of who chose nothing; it is not stored. */
  readonly usual: Value;
  /** Makes it so. Not called for what was stored when the page began. */
  readonly apply: (value: Value) => void;
  readonly of: (values: SharedValues) => Value;
  readonly share: (account: SharedAccount, value: Value) => void;
}

export interface Choice<Value extends string> {
  readonly value: Observed<Value>;
  /** On this device only. */
  choose(next: Value): void;
  /** Follows what was chosen on another device; a choice made here before there was an account document is shared. */
  follow(account: SharedAccount): () => void;
}

export function createChoice<Value extends string>({
  key,
  values,
  usual,
  apply,
  of,
  share,
}: ChoiceOptions<Value>): Choice<Value> {
  const value = createSource<Value>(readChoice(key, values, usual));
  const choose = (next: Value) => {
    value.set(next);
    apply(next);
    keepChoice(key, next, usual);
  };
  return {
    value,
    choose,
    follow(account) {
      let shared = of(account.values.get());
      let isFirst = true;
      const look = () => {
        const known = account.values.get();
        if (!known.isComplete) return;
        const theirs = of(known);
        if (isFirst && theirs === usual && value.get() !== usual) share(account, value.get());
        else if (theirs !== shared || isFirst) choose(theirs);
        shared = theirs;
        isFirst = false;
      };
      look();
      return account.values.subscribe(look);
    },
  };
}
