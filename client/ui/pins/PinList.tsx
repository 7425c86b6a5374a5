/** All pinned messages of a conversation, the newest first, each with the way to it and, for whoever may, out of the list. */
import { PinOff } from 'lucide-react';
import { isDeleted } from '../../../schema/document/message.ts';
import type {
  Conversation,
  ConversationSummary,
  JumpTarget,
  PinnedMessage,
  TimelineRow,
} from '../../conversation/conversation.ts';
import { t } from '../../language/translate.ts';
import { Dialog } from '../parts/Dialog.tsx';
import { MessageLine, MessageLines } from '../parts/MessageLine.tsx';
import { useSession } from '../session.ts';
import { canPin } from '../timeline/message-actions.ts';
import { quoteWords } from '../timeline/quoted.ts';
import { useQuoted } from '../timeline/use-quoted.ts';

interface PinListProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly pins: readonly PinnedMessage[];
  readonly conversation: Conversation;
  readonly summary: ConversationSummary;
  readonly rows: readonly TimelineRow[];
  readonly onJump: (target: JumpTarget) => void;
}

export const PinList = ({ isOpen, onClose, ...props }: PinListProps) => (
  <Dialog isOpen={isOpen} onClose={onClose} title={t('pins.title')} size="tall">
    <MessageLines>
      {props.pins.map((pin) => (
        <PinLine key={pin.message} pin={pin} onClose={onClose} {...props} />
      ))}
    </MessageLines>
  </Dialog>
);

function PinLine({
  pin: { message },
  conversation,
  summary,
  rows,
  onJump,
  onClose,
}: Omit<PinListProps, 'isOpen' | 'pins'> & { pin: PinnedMessage }) {
  const { messenger } = useSession();
  const me = messenger.account.id;
  const quoted = useQuoted(conversation, message, rows);
  if (typeof quoted === 'object' && isDeleted(quoted)) return null;
  const { name, ...said } = quoteWords(quoted, summary, me);
  // A failure is shown by the store.
  const unpin = () => void messenger.pins.set(conversation.id, message, false).catch(() => undefined);
  return (
    <MessageLine
      {...said}
      title={name}
      onOpen={() => {
        onClose();
        onJump({ message });
      }}
      action={canPin(summary, me) ? { label: t('pins.unpin'), icon: <PinOff />, act: unpin } : undefined}
    />
  );
}
