/**
 * The messages that this person has starred, in all conversations, the latest star first. They are looked up where they stand, so an edit
 * shows and a deleted one is not there; its star goes, too, once nobody can undo that any more. What is in no conversation of theirs waits until it is again.
 */
import { StarOff } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { isDeleted } from '../../../schema/document/message.ts';
import type { MessageId } from '../../../schema/ids.ts';
import type { Conversation, ConversationSummary } from '../../conversation/conversation.ts';
import { t } from '../../language/translate.ts';
import { useObserved } from '../observed.ts';
import { Button } from '../parts/Button.tsx';
import { Dialog } from '../parts/Dialog.tsx';
import { MessageLine, MessageLines } from '../parts/MessageLine.tsx';
import { openConversation } from '../router.ts';
import { useSession } from '../session.ts';
import { quoteWords } from '../timeline/quoted.ts';
import { useQuoted } from '../timeline/use-quoted.ts';

/** Each is a question to the server; a screen shows ten. */
const PAGE = 30;
/** Much longer than a deletion can be undone, whatever the clocks of devices say. */
const SURELY_GONE_MS = 10 * 60_000;

interface Starred {
  readonly summary: ConversationSummary;
  readonly message: MessageId;
  readonly at: number;
}

type StarLineProps = Starred & { readonly onDeleted: () => void; readonly onClose: () => void };

const NONE: ReadonlySet<string> = new Set();
const keyOf = ({ summary, message }: Starred): string => `${summary.id}/${message}`;

export const StarsDialog = ({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) => (
  <Dialog isOpen={isOpen} onClose={onClose} title={t('stars.title')} size="tall">
    <StarList onClose={onClose} />
  </Dialog>
);

function StarList({ onClose }: { onClose: () => void }) {
  const { messenger } = useSession();
  const { stars, hidden } = useObserved(messenger.shared.values);
  const { items } = useObserved(messenger.conversations);
  const [shown, setShown] = useState(PAGE);
  const [deleted, setDeleted] = useState<ReadonlySet<string>>(NONE);
  const all = items
    .flatMap((summary) =>
      [...(stars.get(summary.id) ?? [])].map(([message, at]): Starred => ({ summary, message, at })),
    )
    .filter((starred) => !deleted.has(keyOf(starred)))
    .filter(({ summary, message }) => !hidden.get(summary.id)?.has(message))
    .sort((a, b) => b.at - a.at);
  if (all.length === 0) return <p>{t('stars.empty')}</p>;
  return (
    <MessageLines>
      {all.slice(0, shown).map((starred) => (
        <StarLine
          key={keyOf(starred)}
          {...starred}
          onDeleted={() => setDeleted((known) => new Set(known).add(keyOf(starred)))}
          onClose={onClose}
        />
      ))}
      {all.length > shown && (
        <li>
          <Button look="quiet" onClick={() => setShown(shown + PAGE)}>
            {t('stars.more')}
          </Button>
        </li>
      )}
    </MessageLines>
  );
}

/** Open as long as it is shown: what is deleted meanwhile goes. */
function StarLine(props: StarLineProps) {
  const { messenger } = useSession();
  const { id } = props.summary;
  const [conversation, setConversation] = useState<Conversation>();
  useEffect(() => {
    const opened = messenger.open(id);
    setConversation(opened);
    return () => opened[Symbol.dispose]();
  }, [messenger, id]);
  return conversation && <FoundStar {...props} conversation={conversation} />;
}

function FoundStar({
  summary,
  message,
  conversation,
  onDeleted,
  onClose,
}: StarLineProps & { conversation: Conversation }) {
  const { messenger } = useSession();
  const { id } = summary;
  const quoted = useQuoted(conversation, message, useObserved(conversation.timeline).rows);
  const deletedAt = typeof quoted === 'object' && isDeleted(quoted) ? quoted.deletedAt : undefined;
  const sayDeleted = useRef(onDeleted);
  sayDeleted.current = onDeleted;
  useEffect(() => {
    if (deletedAt === undefined) return;
    sayDeleted.current();
    if (deletedAt < Date.now() - SURELY_GONE_MS) messenger.shared.star(id, message, false);
  }, [messenger, id, message, deletedAt]);
  const { name, ...said } = quoteWords(quoted, summary, messenger.account.id);
  return (
    <MessageLine
      {...said}
      title={name ?? summary.title}
      note={name === undefined || name === summary.title ? undefined : summary.title}
      onOpen={() => {
        onClose();
        openConversation(id, message);
      }}
      action={{
        label: t('message.unstar'),
        icon: <StarOff />,
        act: () => messenger.shared.star(id, message, false),
      }}
    />
  );
}
