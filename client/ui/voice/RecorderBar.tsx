/** In the place of the text while a voice message is recorded: that it runs, for how long, how loud it is, and a way to throw it away. */
import { Trash2 } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { clockDuration } from '../../../schema/document/files.ts';
import { MAX_VOICE_MS } from '../../../schema/limits.ts';
import { t } from '../../language/translate.ts';
import { useObserved } from '../observed.ts';
import { IconButton } from '../parts/Button.tsx';
import styles from './RecorderBar.module.css';
import type { Recording } from './recording.ts';

/** From here on it says how much is left. */
const WARN_LEFT_MS = 60_000;
/** A hidden pane tells nobody that it is hidden. */
const LOOK_MS = 300;

export function RecorderBar({
  recording,
  onCancel,
  onLeave,
}: {
  recording: Recording;
  onCancel: () => void;
  /** Nobody sees any more that something is recorded: another conversation is shown. */
  onLeave: () => void;
}) {
  const { ms, levels } = useObserved(recording.view);
  const bar = useRef<HTMLDivElement>(null);
  const leave = useRef(onLeave);
  leave.current = onLeave;
  useEffect(() => {
    const timer = setInterval(() => bar.current?.checkVisibility() === false && leave.current(), LOOK_MS);
    return () => clearInterval(timer);
  }, []);
  const left = MAX_VOICE_MS - ms;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for fields
    <div ref={bar} role="group" aria-label={t('voice.recording')} className={styles.bar}>
      <IconButton label={t('voice.cancel')} onClick={onCancel} className={styles.cancel ?? ''}>
        <Trash2 />
      </IconButton>
      <span className={styles.dot} aria-hidden="true" />
      <span className={styles.time} role="timer" aria-label={t('voice.recorded', { time: clockDuration(ms) })}>
        {clockDuration(ms)}
      </span>
      <span className={styles.levels} aria-hidden="true" dir="ltr">
        {levels.map((level, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the bars stay, the levels run through them
          <span key={index} style={{ '--level': Math.min(1, level * 1.6) }} />
        ))}
      </span>
      {left <= WARN_LEFT_MS && <span className={styles.left}>{t('voice.left', { time: clockDuration(left) })}</span>}
      <span className="visually-hidden" role="status">
        {t('voice.recording')}
      </span>
    </div>
  );
}
