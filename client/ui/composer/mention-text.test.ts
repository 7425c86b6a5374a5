/** What is typed as `@Name` and sent as a link to a person, and the way back into the field. */
import { describe, expect, it } from 'vitest';
import type { UserId } from '../../../schema/ids.ts';
import { toSentMentions, toTypedMentions } from './mention-text.ts';

const member = (id: string, name: string) => ({ id: id as UserId, name, role: 'member' as const });
const members = [
  member('u-1', 'Ana'),
  member('u-2', 'Ana Berg'),
  member('u-3', 'Bo (he/him)'),
  member('u-4', 'Cy'),
  member('u-6', 'A-B /c\\d'),
];

describe('a typed name', () => {
  it('becomes a link to that person, the longest name first', () => {
    expect(toSentMentions('@Ana Berg, @Ana: ask @Bo (he/him)!', members)).toBe(
      '[@Ana Berg](user:u-2), [@Ana](user:u-1): ask [@Bo (he/him)](user:u-3)!',
    );
    expect(toSentMentions('@A-B /c\\d', members)).toBe('[@A-B /c\\d](user:u-6)');
  });

  it.each(['@Anabel', 'mail ana@Cy.example', 'run `@Cy`', '```\n@Cy\n```', '@Nobody', '[@Cy](user:u-4)'])(
    'but not in %j',
    (typed) => {
      expect(toSentMentions(typed, members)).toBe(typed);
    },
  );

  it('that two people have means the one who was chosen, and nobody else', () => {
    const twins = [...members, member('u-5', 'Cy')];
    expect(toSentMentions('@Cy', twins)).toBe('@Cy');
    expect(toSentMentions('@Cy', twins, new Map([['Cy', 'u-5' as UserId]]))).toBe('[@Cy](user:u-5)');
  });
});

it('an edit shows people by the names they have now, and keeps those who left', () => {
  expect(toTypedMentions('hi [@Anna](user:u-1) and [@Zoe](user:u-9)', members)).toBe('hi @Ana and [@Zoe](user:u-9)');
  const sent = '[@Ana Berg](user:u-2) and [@Zoe](user:u-9)';
  expect(toSentMentions(toTypedMentions(sent, members), members)).toBe(sent);
});
