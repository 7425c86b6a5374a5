/**
 * Says for some seconds that messages were deleted, with a button that brings them back; longer while somebody points at it or has
 * the focus in it. Ctrl+Z does the same, except where it takes back what was typed. Not kept on this device, it says why.
 */
import { Trash2, X } from 'lucide-react';
import { type RefObject, useEffect, useRef } from 'react';
import type { MessageId } from '../../../schema/ids.ts';
import { MAX_HIDDEN } from '../../../schema/limits.ts';
import { type DeletionState, TooManyHidden } from '../../conversation/deletions.ts';
import { t } from '../../language/translate.ts';
import { useObserved } from '../observed.ts';
import { Button, IconButton } from '../parts/Button.tsx';
import { describeStorage } from '../problems.ts';
import { useSession } from '../session.ts';
import place from './JumpNote.module.css';
import styles from './UndoNote.module.css';

const GONE = { everyone: 'remove.gone', me: 'remove.hidden' } as const;

const describe = (failure: unknown): string =>
  failure instanceof TooManyHidden ? t('remove.full', { most: MAX_HIDDEN }) : describeStorage(failure);

export function UndoNote({
  isAwake,
  onEnd,
}: {
  /** False while the pane around it is hidden. */
  isAwake?: RefObject<boolean>;
  /** It is gone with the focus in it; the message that is back, if there is one. */
  onEnd?: (row: MessageId | undefined) => void;
}) {
  const state = useObserved(useSession().messenger.deletions.state, isAwake);
  return (
    // There before its words are, or they would not be announced.
    <div role="status" className={place.place}>
      {state && <Note {...{ state, onEnd }} />}
    </div>
  );
}

function Note({ state, onEnd }: { state: DeletionState; onEnd: ((row: MessageId | undefined) => void) | undefined }) {
  const { deletions } = useSession().messenger;
  const holders = useRef(new Set<'pointer' | 'focus'>());
  const hold = (by: 'pointer' | 'focus', isHolding: boolean) => {
    if (isHolding) holders.current.add(by);
    else holders.current.delete(by);
    if (holders.current.size > 0) deletions.hold();
    else deletions.release();
  };
  useEffect(() => () => deletions.release(), [deletions]);

  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'z' || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey)
        return;
      const { target } = event;
      const isField = target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
      if (isField && target.value !== '') return;
      event.preventDefault();
      deletions.undo();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [deletions]);

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: nothing is done with it, it only waits while somebody is there
    <div
      className={`${place.note} ${styles.note}`}
      onPointerEnter={({ pointerType }) => pointerType === 'mouse' && hold('pointer', true)}
      onPointerLeave={() => hold('pointer', false)}
      onFocus={() => hold('focus', true)}
      onBlur={() => hold('focus', false)}
    >
      {state.is === 'failed' ? (
        <p>{describe(state.failure)}</p>
      ) : (
        <>
          <Trash2 aria-hidden="true" />
          <p>{t(GONE[state.deletion.whom], { count: state.deletion.ids.length })}</p>
          <Button
            look="quiet"
            aria-keyshortcuts="Control+Z Meta+Z"
            onClick={() => {
              deletions.undo();
              onEnd?.(state.deletion.ids[0]);
            }}
          >
            {t('remove.undo')}
          </Button>
        </>
      )}
      <IconButton
        label={state.is === 'failed' ? t('jump.dismiss') : t('remove.close')}
        onClick={() => {
          void deletions.finish();
          onEnd?.(undefined);
        }}
      >
        <X />
      </IconButton>
    </div>
  );
}
