/** Groups in memory: everything succeeds with a connection, and nothing without; see `memory-messenger.ts`. */
import type { Invitation, Invite } from '../../../schema/http/invites.ts';
import type { ConversationId, UserId } from '../../../schema/ids.ts';
import type { Answer, ConversationSummary, Groups, Messenger } from '../../conversation/conversation.ts';
import type { Source } from '../observed.ts';
import { invites, minutesAgo, people } from './content.ts';

type Conversations = ReturnType<Messenger['conversations']['get']>;
type Surroundings = Pick<Messenger, 'account' | 'connection'> & { readonly conversations: Source<Conversations> };

export class MemoryGroups implements Groups {
  items: readonly Invite[] = invites();
  readonly #of: Surroundings;

  constructor(of: Surroundings) {
    this.#of = of;
  }

  async change(id: ConversationId, { title, description }: Parameters<Groups['change']>[1]): Promise<Answer<void>> {
    return this.#update(id, ({ description: former, ...group }) => ({
      ...group,
      ...(title !== undefined && { title }),
      ...(description !== null && (description ?? former) !== undefined && { description: description ?? former }),
    }));
  }

  async put(id: ConversationId, person: UserId, role: 'owner' | 'admin' | 'member'): Promise<Answer<void>> {
    const name = people.find((each) => each.id === person)?.name ?? '';
    return this.#update(id, (group) => ({
      ...group,
      members: group.members.some((member) => member.id === person)
        ? group.members.map((member) => (member.id === person ? { ...member, role } : member))
        : [...group.members, { id: person, name, role }],
    }));
  }

  async remove(id: ConversationId, person: UserId): Promise<Answer<void>> {
    return this.#update(id, (group) => ({
      ...group,
      members: group.members.filter((member) => member.id !== person),
    }));
  }

  async setPicture(id: ConversationId, picture: Blob | null): Promise<Answer<void>> {
    return this.#update(id, ({ picture: _, ...group }) => ({ ...group, ...(picture && { picture: 'new' }) }));
  }

  async invites(): Promise<Answer<readonly Invite[]>> {
    return this.#answer(this.items);
  }

  async invite(
    _id: ConversationId,
    { expiresIn = 0, maxUses }: Parameters<Groups['invite']>[1],
  ): Promise<Answer<Invite>> {
    const made = {
      ...{ id: `i-${this.items.length}`, token: 'n3wT0kenOfALinkIntoTheGroup_0123456789', by: this.#of.account.id },
      ...{ createdAt: Date.now(), expiresAt: Date.now() + expiresIn * 1_000, uses: 0 },
      ...(maxUses !== undefined && { maxUses }),
    };
    this.items = [made, ...this.items];
    return this.#answer(made);
  }

  async withdraw(_id: ConversationId, invite: string): Promise<Answer<void>> {
    this.items = this.items.filter((each) => each.id !== invite);
    return this.#answer(undefined);
  }

  async look(token: string): Promise<Answer<Invitation>> {
    const status = { gone: 404, removed: 403, over: 410 }[token];
    if (status) return { ok: false, failure: { is: 'problem', status, detail: '' } };
    const [by] = people;
    const isIn = token === 'in' && { role: 'member' as const };
    return this.#answer({
      conversation: {
        ...{ id: 'festival', title: 'Harbour festival, programme and rooms', members: 7 },
        description: 'Everything for the weekend of the 14th: rooms, programme, helpers.',
      },
      by: { id: by?.id ?? '', name: by?.name ?? '' },
      ...{ expiresAt: minutesAgo(-3 * 24 * 60), isFull: token === 'full', ...isIn },
    });
  }

  async join(): Promise<Answer<ConversationId>> {
    return this.#answer('festival' as ConversationId);
  }

  #update(id: ConversationId, change: (group: ConversationSummary) => ConversationSummary): Answer<void> {
    const { conversations } = this.#of;
    const { state, items } = conversations.get();
    const answer = this.#answer(undefined);
    if (answer.ok) conversations.set({ state, items: items.map((item) => (item.id === id ? change(item) : item)) });
    return answer;
  }

  #answer<Value>(value: Value): Answer<Value> {
    return this.#of.connection.get().is === 'offline' ? { ok: false, failure: { is: 'network' } } : { ok: true, value };
  }
}
