/**
 * A voice message: play, waveform to go anywhere in it, time and speed. Of one height whether it plays or not. Time runs to the right in
 * every language, as on all players.
 */
import { Mic, Pause, Play } from 'lucide-react';
import { type KeyboardEvent, type PointerEvent, useEffect, useState } from 'react';
import { clockDuration, type MessageFile } from '../../../schema/document/files.ts';
import { formatCount } from '../../language/format.ts';
import { t } from '../../language/translate.ts';
import { whenIdle } from '../idle.ts';
import { useObserved } from '../observed.ts';
import { peakHeights } from './loudness.ts';
import { playback } from './playback.ts';
import styles from './VoicePlayer.module.css';

type Found = Blob | 'absent' | 'gone' | undefined;

/** What is larger waits until somebody wants to hear it. */
const FETCHED_AHEAD_BYTES = 1_000_000;
const STEP_MS = 5_000;
const BAR_PX = 3;
const HEIGHT_PX = 26;

export interface VoicePlayerProps {
  /** Names it among all voice messages. */
  readonly name: string;
  readonly file: Pick<MessageFile, 'peaks' | 'duration' | 'size' | 'type'>;
  /** Must be the same function as long as the bytes are the same. */
  readonly open: () => Promise<Found>;
  readonly isTabbable: boolean;
}

export function VoicePlayer({ name, file, open, isTabbable }: VoicePlayerProps) {
  const { duration = 0, peaks = '', size, type } = file;
  const present = useObserved(playback.present);
  const speed = useObserved(playback.speed);
  const [start, setStart] = useState(0);
  const [problem, setProblem] = useState<string>();
  const now = present?.key === name ? present : undefined;
  const ms = Math.min(duration, now?.ms ?? start);
  const tabIndex = isTabbable ? 0 : -1;

  // Once seen it can be heard without a network, like a picture.
  useEffect(
    () => (size <= FETCHED_AHEAD_BYTES ? whenIdle(() => void open().catch(() => undefined)) : undefined),
    [open, size],
  );

  const play = async () => {
    setProblem(undefined);
    const read = async () => {
      const found = await open();
      if (found instanceof Blob) return found.slice(0, found.size, type);
      setProblem(t(`voice.${found ?? 'absent'}`));
      return undefined;
    };
    await playback.play(name, read, start).catch(() => setProblem(t('voice.cannotPlay')));
    setStart(0);
  };
  const goTo = (to: number) => {
    const place = Math.min(duration, Math.max(0, to));
    if (now) playback.seek(place);
    else setStart(place);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const to = placeOf(event.key, ms, duration);
    if (to === undefined) return;
    // The list of messages has arrows of its own.
    event.preventDefault();
    event.stopPropagation();
    goTo(to);
  };
  const onPointer = (event: PointerEvent<HTMLElement>) => {
    // No swipe of the row, and no long press.
    event.stopPropagation();
    if (event.type === 'pointerdown') event.currentTarget.setPointerCapture(event.pointerId);
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const { left, width } = event.currentTarget.getBoundingClientRect();
    goTo(((event.clientX - left) / width) * duration);
  };

  return (
    <div className={styles.player} dir="ltr" data-voice={now?.is ?? 'still'}>
      <button
        type="button"
        className={styles.play}
        tabIndex={tabIndex}
        aria-label={now?.is === 'playing' ? t('voice.pause') : t('voice.play', { time: clockDuration(duration) })}
        onClick={() => (now?.is === 'playing' ? playback.pause() : void play())}
      >
        {now?.is === 'playing' ? <Pause aria-hidden="true" /> : <Play aria-hidden="true" />}
      </button>
      <div className={styles.middle}>
        <div
          role="slider"
          className={styles.wave}
          tabIndex={tabIndex}
          aria-label={t('voice.position')}
          aria-valuemin={0}
          aria-valuemax={Math.round(duration / 1_000)}
          aria-valuenow={Math.round(ms / 1_000)}
          aria-valuetext={t('voice.at', { time: clockDuration(ms), of: clockDuration(duration) })}
          style={{ '--gone': duration > 0 ? ms / duration : 0 }}
          onKeyDown={onKeyDown}
          onPointerDown={onPointer}
          onPointerMove={onPointer}
        >
          <Waveform peaks={peaks} />
          <span className={styles.gone}>
            <Waveform peaks={peaks} />
          </span>
        </div>
        <span className={styles.time} role={problem ? 'alert' : undefined}>
          {problem ?? clockDuration(now || start > 0 ? ms : duration)}
        </span>
      </div>
      {now ? (
        <button
          type="button"
          className={styles.speed}
          tabIndex={tabIndex}
          aria-label={t('voice.speed', { times: speed })}
          onClick={playback.faster}
        >
          {formatCount(speed)}×
        </button>
      ) : (
        <Mic aria-hidden="true" className={styles.mark} />
      )}
    </div>
  );
}

/** Where a key leads in ms; undefined when it is none of a slider. */
function placeOf(key: string, ms: number, duration: number): number | undefined {
  if (key === 'Home') return 0;
  if (key === 'End') return duration;
  if (key === 'ArrowRight' || key === 'ArrowUp') return ms + Math.min(STEP_MS, duration / 10);
  if (key === 'ArrowLeft' || key === 'ArrowDown') return ms - Math.min(STEP_MS, duration / 10);
  if (key === 'PageUp') return ms + duration / 4;
  return key === 'PageDown' ? ms - duration / 4 : undefined;
}

function Waveform({ peaks }: { peaks: string }) {
  const bars = peakHeights(peaks).map((height, index) => {
    const px = 2 + height * (HEIGHT_PX - 4);
    return `M${index * BAR_PX + 1} ${(HEIGHT_PX - px) / 2}v${px}`;
  });
  return (
    <svg viewBox={`0 0 ${peaks.length * BAR_PX} ${HEIGHT_PX}`} preserveAspectRatio="none" aria-hidden="true">
      <path d={bars.join('')} vectorEffect="non-scaling-stroke" />
    </svg>
  );
}
