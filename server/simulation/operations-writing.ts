/** What people do in a storm: write, edit, delete, read, and what they are not allowed to do. */
import { type Element, isDeleted, type LiveMessage } from '../../schema/document/message.ts';
import { toggled } from '../../schema/document/reactions.ts';
import type { MessageId } from '../../schema/ids.ts';
import { MAX_TEXT_CHARACTERS } from '../../schema/limits.ts';
import type { RefusalKind } from '../../schema/refusals.ts';
import type { TypedMessage } from './ledger.ts';
import { pick, type WeightedOperation, withTab } from './operation.ts';
import type { Tab } from './tab.ts';
import type { World } from './world.ts';

export const WRITING: Record<string, WeightedOperation> = {
  type: [12, (world) => withTab(world, (tab) => type(world, tab))],
  typeMuch: [
    0.8,
    (world) =>
      withTab(world, (tab) => {
        const typed = Array.from({ length: 5 + world.chance.below(20) }, () => type(world, tab));
        return `${typed[0]} and ${typed.length - 1} more`;
      }),
  ],
  typeBadly: [
    0.7,
    (world) => withTab(world, (tab) => type(world, tab, world.chance.pick(['too-long', 'bad-text'] as const))),
  ],
  edit: [6, (world) => withTab(world, (tab) => edit(world, tab, target(world, tab, 'own')))],
  editBadly: [
    0.4,
    (world) =>
      withTab(world, (tab) =>
        edit(world, tab, target(world, tab, 'own'), world.chance.pick(['too-long', 'bad-text'] as const)),
      ),
  ],
  editDeleted: [0.5, (world) => withTab(world, (tab) => edit(world, tab, target(world, tab, 'own', 'any')))],
  editOthers: [0.7, (world) => withTab(world, (tab) => edit(world, tab, target(world, tab, 'others')))],
  editNothing: [0.2, (world) => withTab(world, (tab) => edit(world, tab, world.ledger.inventedId(tab.doc.clientID)))],
  delete: [3.5, (world) => withTab(world, (tab) => remove(world, tab, target(world, tab, 'own')))],
  deleteOthers: [1.5, (world) => withTab(world, (tab) => remove(world, tab, target(world, tab, 'others', 'any')))],
  react: [
    4,
    (world) =>
      withTab(world, (tab) => {
        const on = target(world, tab, world.chance.pick(['own', 'others'] as const), 'any');
        if (!on) return undefined;
        const emoji = toggled(tab.reactionTo(on), world.chance.pick(['👍', '❤️', '🎉']));
        tab.react({ on, emoji });
        return `${tab.name} gives ${on} ${emoji.join('') || 'nothing'}`;
      }),
  ],
  show: [
    6,
    (world) =>
      withTab(world, (tab) => {
        const { messages } = tab;
        if (messages.length === 0) return undefined;
        const start = world.chance.below(messages.length);
        tab.shown(messages.slice(start, start + 1 + world.chance.below(10)));
        return `${tab.name} shows messages from ${start} on`;
      }),
  ],
  writeReceipt: [
    9,
    (world) => {
      const tab = pick(
        world,
        world.tabs.filter(({ isReceiptDue }) => isReceiptDue),
      );
      return tab?.writeReceipt() ? `${tab.name} writes its receipt` : undefined;
    },
  ],
  post: [
    0.8,
    (world) => {
      const server = pick(world, world.alive);
      if (!server) return undefined;
      const user = world.chance.pick(world.people);
      const token = world.ledger.newText(user);
      const fault: RefusalKind | undefined = world.chance.happens(0.15) ? 'too-long' : undefined;
      const text = fault ? withFault(token, fault) : token;
      const typed: TypedMessage = {
        is: 'message',
        user,
        id: undefined,
        text,
        atMs: world.nowMs,
        fault,
        fate: { is: 'unknown' },
      };
      world.ledger.type(typed);
      const post = { typed, key: `${world.conversation} ${token}`, pending: undefined, result: undefined };
      world.posts.push(post);
      world.ask(post, server);
      world.counts.posts++;
      return `${user} posts ${token} by HTTP to ${server.name}`;
    },
  ],
  postAgain: [
    2,
    (world) => {
      const server = pick(world, world.alive);
      const post = pick(
        world,
        // Who waits too long asks elsewhere, while the first answer may still come.
        world.posts.filter(
          ({ pending, result }) => world.chance.happens(pending ? 0.5 : 1) && (!result || world.chance.happens(0.2)),
        ),
      );
      if (!server || !post) return undefined;
      world.ask(post, server);
      world.counts.retriedPosts++;
      return `${post.typed.user} posts ${post.typed.text.slice(0, 20)} again, to ${server.name}`;
    },
  ],
};

const withFault = (token: string, fault: RefusalKind): string =>
  fault === 'too-long' ? token + 'x'.repeat(MAX_TEXT_CHARACTERS) : `${token}\0`;

function type(world: World, tab: Tab, fault?: RefusalKind): string {
  const { chance, ledger } = world;
  const token = ledger.newText(tab.user);
  const text = fault ? withFault(token, fault) : chance.happens(0.1) ? `${token} ünïcödé 🙂` : token;
  const re = chance.happens(0.2) ? pick(world, tab.messages)?.id : undefined;
  const at = world.browserOf(tab).now();
  const id = tab.append((id) => ({ id, from: tab.user, at, text, ...(re && { re }) }));
  ledger.type({ is: 'message', user: tab.user, id, text, atMs: at, fault, fate: { is: 'waiting' } });
  return `${tab.name} types ${id} ${token}${fault ? ` (${fault})` : ''}`;
}

function edit(world: World, tab: Tab, target: MessageId | undefined, fault?: RefusalKind): string | undefined {
  if (!target) return undefined;
  const { ledger } = world;
  const token = ledger.newText(tab.user);
  const text = fault ? withFault(token, fault) : token;
  const id = tab.append((): Element => ({ edit: target, from: tab.user, at: world.browserOf(tab).now(), text }));
  ledger.type({ is: 'edit', user: tab.user, id, text, fault, target, fate: { is: 'waiting' } });
  return `${tab.name} edits ${target} to ${token} by ${id}${fault ? ` (${fault})` : ''}`;
}

function remove(world: World, tab: Tab, target: MessageId | undefined): string | undefined {
  if (!target) return undefined;
  const id = tab.append((): Element => ({ del: target, from: tab.user, at: world.browserOf(tab).now() }));
  world.ledger.wishDeletion({ is: 'deletion', user: tab.user, id, target, fate: { is: 'waiting' } });
  return `${tab.name} deletes ${target} by ${id}`;
}

function target(
  world: World,
  tab: Tab,
  whose: 'own' | 'others',
  which: 'live' | 'any' = 'live',
): MessageId | undefined {
  const candidates = tab.messages.filter(
    (message): message is LiveMessage =>
      (message.from === tab.user) === (whose === 'own') && (which === 'any' || !isDeleted(message)),
  );
  // People change what they wrote last, and races need two who change the same.
  return pick(world, world.chance.happens(0.6) ? candidates.slice(-3) : candidates)?.id;
}
