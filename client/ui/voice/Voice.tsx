/** A voice message, in a place as high as its player, whose code comes when the page is idle: no row changes its height. */
import { lazily } from '../parts/lazily.tsx';
import styles from './Voice.module.css';
import type { VoicePlayerProps } from './VoicePlayer.tsx';

const VoicePlayer = lazily<VoicePlayerProps>(async () => (await import('./VoicePlayer.tsx')).VoicePlayer);

export const Voice = (props: VoicePlayerProps) => (
  <div className={styles.place}>
    <VoicePlayer {...props} />
  </div>
);
