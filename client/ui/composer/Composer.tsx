/**
 * Where text is written: a new message, an edit, or the second try of a text that failed. The field clears only after
 * the conversation has stored the text durably; until then, and when storing fails, the text stands here and in the
 * drafts. Enter sends, Shift+Enter breaks the line, ↑ in the empty field edits the last own message, Escape cancels.
 */
import { Pencil, X } from 'lucide-react';
import {
  type ChangeEvent,
  type KeyboardEvent,
  memo,
  type Ref,
  useEffect,
  useId,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import type { UserId } from '../../../schema/ids.ts';
import { MAX_TEXT_CHARACTERS } from '../../../schema/limits.ts';
import type { OutgoingFile } from '../../conversation/attachments.ts';
import type { Conversation, ConversationSummary } from '../../conversation/conversation.ts';
import { t } from '../../language/translate.ts';
import { type Draft, useDraft } from '../drafts.ts';
import { AttachButton } from '../files/AttachButton.tsx';
import { FileTray } from '../files/FileTray.tsx';
import { useTray } from '../files/use-tray.ts';
import { isTouchOnly } from '../media.ts';
import { IconButton } from '../parts/Button.tsx';
import { lazily } from '../parts/lazily.tsx';
import { describeStorage } from '../problems.ts';
import { useSession } from '../session.ts';
import { canRecord, useRecorder } from '../voice/use-recorder.ts';
import styles from './Composer.module.css';
import { EmojiButton } from './EmojiButton.tsx';
import { toSentMentions } from './mention-text.ts';
import { ReplyBar } from './ReplyBar.tsx';
import { SendButton } from './SendButton.tsx';
import { optionId, SuggestionList } from './SuggestionList.tsx';
import { countCharacters, isSendable, toSend } from './sendable.ts';
import { emojiOfShortcode, useSuggestions } from './use-suggestions.ts';

/** With fewer characters left the composer counts down. */
const WARN_LEFT = 500;
const COUNT_FROM = MAX_TEXT_CHARACTERS - WARN_LEFT;
const MAX_HEIGHT_PX = 220;

const RecorderBar = lazily(async () => (await import('../voice/RecorderBar.tsx')).RecorderBar);

export interface ComposerHandle {
  focus(): void;
}

export const Composer = memo(function Composer({
  ref,
  conversation,
  summary,
  onSent,
  onEditLast,
}: {
  ref: Ref<ComposerHandle>;
  conversation: Conversation;
  summary: ConversationSummary;
  onSent: () => void;
  /** ↑ was pressed in the empty field. */
  onEditLast: () => void;
}) {
  const { drafts, messenger } = useSession();
  const draft = useDraft(drafts, conversation.id);
  const field = useRef<HTMLTextAreaElement>(null);
  const isSending = useRef(false);
  /** Where the cursor goes once the text that was put in stands there. */
  const cursor = useRef<number>(undefined);
  /** Who was chosen for a name, as two may have the same. */
  const mentioned = useRef(new Map<string, UserId>());
  const [problem, setProblem] = useState<string>();
  const noteId = useId();
  const suggestionsId = useId();

  const value = draft.edit?.text ?? draft.text;
  const left = value.length > COUNT_FROM ? MAX_TEXT_CHARACTERS - countCharacters(value) : MAX_TEXT_CHARACTERS;
  const tray = useTray(conversation.id);
  const canSend = canSendWith(value, carriesFiles(draft, tray.files));
  const recorder = useRecorder(tray.put);
  const recording = typeof recorder.state === 'string' ? undefined : recorder.state;
  const offersVoice = !recording && !canSend && value === '' && !draft.edit && canRecord();
  // The button that had the focus may be gone with the recording.
  useEffect(() => {
    if (recording && !isTouchOnly()) return () => field.current?.focus({ preventScroll: true });
  }, [recording]);

  useImperativeHandle(ref, () => ({ focus: () => field.current?.focus({ preventScroll: true }) }));

  // Grows with the text up to a limit; measured, because not every browser knows field-sizing.
  useLayoutEffect(() => {
    const element = field.current;
    if (!element) return;
    if (cursor.current !== undefined) element.setSelectionRange(cursor.current, cursor.current);
    cursor.current = undefined;
    element.style.height = 'auto';
    // One line, whatever the width: measuring would lay out the whole page while a conversation is being opened.
    if (value === '') return;
    element.style.height = `${Math.min(element.scrollHeight, MAX_HEIGHT_PX)}px`;
    element.style.overflowY = element.scrollHeight > MAX_HEIGHT_PX ? 'auto' : 'hidden';
  }, [value]);

  // An edit begins with the cursor behind its last character.
  const editing = draft.edit && (draft.edit.target.is === 'message' ? draft.edit.target.id : draft.edit.target.key);
  useLayoutEffect(() => {
    setProblem(undefined);
    if (editing === undefined) return;
    field.current?.focus();
    field.current?.setSelectionRange(field.current.value.length, field.current.value.length);
  }, [editing]);

  const write = (next: string) => {
    setProblem(undefined);
    const current = drafts.get(conversation.id);
    // An edit is no news until it is made.
    if (!current.edit) conversation.typing(next.trim() ? 'on' : 'off');
    drafts.set(conversation.id, current.edit ? { ...current, edit: { ...current.edit, text: next } } : { text: next });
  };

  const replace = (start: number, end: number, words: string) => {
    const now = field.current?.value ?? '';
    cursor.current = start + words.length;
    write(now.slice(0, start) + words + now.slice(end));
  };
  const me = messenger.account.id;
  const people = useMemo(
    () => (summary.kind === 'group' ? summary.members.filter(({ id }) => id !== me) : []),
    [summary.kind, summary.members, me],
  );
  const suggestions = useSuggestions({
    field,
    people,
    replace,
    onMention: ({ id, name }) => mentioned.current.set(name, id),
  });

  const onChange = ({ target: { value: typed, selectionEnd } }: ChangeEvent<HTMLTextAreaElement>) => {
    const closed = emojiOfShortcode(typed, selectionEnd);
    if (closed) replace(closed.start, selectionEnd, closed.emoji);
    else write(typed);
    suggestions.look();
  };

  const cancelEdit = () => {
    setProblem(undefined);
    drafts.set(conversation.id, { text: drafts.get(conversation.id).text });
    field.current?.focus();
  };

  const cancelReply = () => {
    drafts.reply(conversation.id, undefined);
    field.current?.focus();
  };

  const submit = async () => {
    const before = drafts.get(conversation.id);
    const typed = before.edit?.text ?? before.text;
    const files = before.edit ? [] : tray.files;
    const hasFiles = carriesFiles(before, files);
    if (isSending.current || !canSendWith(typed, hasFiles)) return;
    const sent = toSentMentions(toSend(typed), people, mentioned.current);
    if (!canSendWith(sent, hasFiles))
      return setProblem(t('composer.over', { count: countCharacters(sent) - MAX_TEXT_CHARACTERS }));
    isSending.current = true;
    try {
      if (files.length > 0) {
        await conversation.sendFiles(sent, files, before.re);
        tray.remove(files);
      } else await store(conversation, before, sent);
      const now = drafts.get(conversation.id);
      drafts.set(conversation.id, withoutSent(before, now));
      if (!before.edit && before.re && now.re === before.re) drafts.reply(conversation.id, undefined);
      setProblem(undefined);
      conversation.typing('off');
      if (!before.edit) onSent();
    } catch (failure) {
      setProblem(t('composer.notKept', { reason: describeStorage(failure) }));
    } finally {
      isSending.current = false;
    }
  };

  const sendVoice = async () => {
    const file = await recorder.finish();
    if (!file) return;
    const { re } = drafts.get(conversation.id);
    try {
      await conversation.sendFiles('', [file], re);
      if (re && drafts.get(conversation.id).re === re) drafts.reply(conversation.id, undefined);
      onSent();
    } catch (failure) {
      tray.put(file);
      setProblem(t('composer.notKept', { reason: describeStorage(failure) }));
    }
  };

  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    // While an input method composes, Enter and Escape belong to it; Safari reports that by the key code only.
    if (event.nativeEvent.isComposing || event.keyCode === 229 || suggestions.onKeyDown(event)) return;
    if (event.key === 'Enter' && !event.shiftKey && !event.altKey && !isTouchOnly()) {
      event.preventDefault();
      void submit();
    } else if (event.key === 'Escape' && draft.edit) {
      event.preventDefault();
      cancelEdit();
    } else if (event.key === 'Escape' && draft.re) {
      event.preventDefault();
      cancelReply();
    } else if (event.key === 'ArrowUp' && value === '' && !draft.edit) {
      event.preventDefault();
      onEditLast();
    }
  };

  const note =
    problem ??
    (left < 0
      ? t('composer.over', { count: -left })
      : left <= WARN_LEFT
        ? t('composer.left', { count: left })
        : tray.isFull
          ? t('files.full')
          : recorder.note);
  return (
    <form
      className={styles.composer}
      onSubmit={(event) => {
        event.preventDefault();
        if (recording) return void sendVoice();
        field.current?.focus();
        void submit();
      }}
    >
      <div className={styles.column}>
        <SuggestionList id={suggestionsId} suggestions={suggestions} />
        <div className={styles.box} data-wrong={problem !== undefined || left < 0 || undefined}>
          {draft.edit && (
            <div className={styles.editing}>
              <Pencil aria-hidden="true" />
              <span>{draft.edit.target.is === 'message' ? t('composer.editing') : t('composer.editingFailed')}</span>
              <IconButton label={t('composer.cancelEdit')} onClick={cancelEdit} className={styles.cancel ?? ''}>
                <X />
              </IconButton>
            </div>
          )}
          {draft.re && !draft.edit && (
            <ReplyBar re={draft.re} conversation={conversation} summary={summary} onCancel={cancelReply} />
          )}
          {!draft.edit && <FileTray tray={tray} />}
          {recording && <RecorderBar recording={recording} onCancel={recorder.cancel} onLeave={recorder.leave} />}
          <div className={styles.line} hidden={recording !== undefined}>
            <textarea
              ref={field}
              className={styles.field}
              value={value}
              rows={1}
              // The placeholder runs as the page does.
              dir={value ? 'auto' : undefined}
              aria-label={t('composer.label')}
              aria-describedby={note ? noteId : undefined}
              aria-invalid={left < 0 || undefined}
              aria-autocomplete="list"
              {...(suggestions.items.length > 0 && {
                'aria-controls': suggestionsId,
                'aria-activedescendant': optionId(suggestionsId, suggestions.highlighted),
              })}
              placeholder={t('composer.placeholder')}
              enterKeyHint={isTouchOnly() ? 'enter' : 'send'}
              autoComplete="off"
              onChange={onChange}
              onPaste={(event) => {
                const { files } = event.clipboardData;
                if (files.length === 0 || draft.edit) return;
                event.preventDefault();
                void tray.add(files);
              }}
              onSelect={suggestions.look}
              onKeyDown={onKeyDown}
              onBlur={() => conversation.typing('off')}
            />
            {!draft.edit && <AttachButton onChoose={(files) => void tray.add(files)} className={styles.inside ?? ''} />}
            <EmojiButton
              field={field}
              onPick={(emoji) => replace(field.current?.selectionStart ?? 0, field.current?.selectionEnd ?? 0, emoji)}
            />
          </div>
          {note && (
            <p id={noteId} className={styles.note} role={problem || left < 0 ? 'alert' : undefined}>
              {note}
            </p>
          )}
        </div>
        <SendButton
          is={recording ? 'voice' : offersVoice ? 'record' : draft.edit ? 'save' : 'send'}
          isDisabled={!canSend && !offersVoice && !recording}
          onRecord={recorder.start}
        />
      </div>
    </form>
  );
});

/** Files need no words, and those of a message that is edited stay with it. */
const canSendWith = (typed: string, hasFiles: boolean): boolean =>
  isSendable(typed) || (hasFiles && toSend(typed) === '');

const carriesFiles = ({ edit }: Draft, files: readonly OutgoingFile[]): boolean =>
  edit ? edit.target.is === 'message' && edit.target.hasFiles === true : files.length > 0;

function store(conversation: Conversation, { edit, re }: Draft, sent: string): Promise<void> {
  if (!edit) return conversation.send(sent, re);
  return edit.target.is === 'message'
    ? conversation.edit(edit.target.id, sent)
    : conversation.retry(edit.target.key, sent);
}

/** The draft after `before` was stored; what was typed while it was being stored stays. */
function withoutSent(before: Draft, now: Draft): Draft {
  if (before.edit) return { text: now.text };
  return now.text.startsWith(before.text) ? { ...now, text: now.text.slice(before.text.length) } : now;
}
