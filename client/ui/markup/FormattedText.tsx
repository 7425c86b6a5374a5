/** A parsed text as elements, and never as markup: the elements written here are all there are. */
import type { ConversationSummary } from '../../conversation/conversation.ts';
import { useSession } from '../session.ts';
import { CodeBlock } from './CodeBlock.tsx';
import { MessageLink } from './MessageLink.tsx';
import styles from './MessageText.module.css';
import type { Block, Inline } from './markup.ts';
import { parse } from './parse.ts';

interface Context {
  readonly isTabbable: boolean;
  readonly members: ConversationSummary['members'];
  readonly me: string;
}

export function FormattedText({
  children,
  ...how
}: Omit<Context, 'me'> & {
  children: string;
}) {
  const me = useSession().messenger.account.id;
  return drawBlocks(parse(children), { ...how, me });
}

// biome-ignore-start lint/suspicious/noArrayIndexKey: the parts of one text never move
const drawBlocks = (blocks: readonly Block[], context: Context) =>
  blocks.map((block, index) => <ShownBlock key={index} {...{ block, context }} />);

const draw = (parts: readonly Inline[], context: Context) =>
  parts.map((part, index) => (typeof part === 'string' ? part : <ShownInline key={index} {...{ part, context }} />));

function ShownBlock({ block, context }: { block: Block; context: Context }) {
  switch (block.is) {
    case 'text':
      return draw(block.of, context);
    case 'code':
      return <CodeBlock {...block} isTabbable={context.isTabbable} />;
    case 'quote':
      return (
        <blockquote className={styles.quote} dir="auto">
          {drawBlocks(block.of, context)}
        </blockquote>
      );
    case 'list':
      return (
        <ul className={styles.list}>
          {block.items.map(({ marker, depth, of }, index) => (
            <li key={index} className={styles.item} style={{ '--depth': depth }} dir="auto">
              {/* Numbers as they were typed, whatever they are. */}
              <span className={styles.marker}>{/\d/.test(marker) ? marker : '•'} </span>
              <span>{draw(of, context)}</span>
            </li>
          ))}
        </ul>
      );
  }
}
// biome-ignore-end lint/suspicious/noArrayIndexKey: the parts of one text never move

function ShownInline({ part, context }: { part: Exclude<Inline, string>; context: Context }) {
  switch (part.is) {
    case 'bold':
      return <strong>{draw(part.of, context)}</strong>;
    case 'italic':
      return <em>{draw(part.of, context)}</em>;
    case 'strike':
      return <s>{draw(part.of, context)}</s>;
    case 'code':
      return <code className={styles.code}>{part.text}</code>;
    case 'link':
      return (
        <MessageLink href={part.href} title={part.href} isTabbable={context.isTabbable}>
          {draw(part.of, context)}
        </MessageLink>
      );
    case 'mention': {
      const name = context.members.find(({ id }) => id === part.user)?.name;
      return (
        <bdi className={styles.mention} data-mention={part.user === context.me ? 'me' : 'other'}>
          {name === undefined ? part.label : `@${name}`}
        </bdi>
      );
    }
  }
}
