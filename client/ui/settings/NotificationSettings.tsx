/** Notifications: on or off here, in words why it cannot be on, and what all devices show and when. */
import { useEffect, useState } from 'react';
import type { QuietHours } from '../../../schema/document/account.ts';
import { t } from '../../language/translate.ts';
import { useObserved } from '../observed.ts';
import { useSession } from '../session.ts';
import styles from './Settings.module.css';
import { Switch } from './Switch.tsx';

/** When most people sleep; whoever turns quiet hours on sees them and may choose others. */
const NIGHT = { from: '22:00', to: '07:00' };

export function NotificationSettings() {
  const { push, shared } = useSession().messenger;
  const { is } = useObserved(push.view);
  const { notices } = useObserved(shared.values);
  const [state, setState] = useState<'idle' | 'busy' | 'failed'>('idle');
  useEffect(() => push.look(), [push]);

  const turn = async (wanted: boolean) => {
    setState('busy');
    const answer = wanted ? await push.turnOn() : await push.turnOff();
    setState(answer === 'failed' ? 'failed' : 'idle');
  };
  const canTurn = (is === 'on' || is === 'off') && state !== 'busy';
  const { pushPreview, quiet } = notices;
  return (
    <>
      <Switch
        id="here"
        label={t('notices.here')}
        hint={state === 'failed' ? t('notices.failed') : t(`notices.is.${is}`)}
        isOn={is === 'on'}
        isDisabled={!canTurn}
        onTurn={turn}
      />
      {/* Devices that can may be elsewhere; a server that cannot tells none of them. */}
      {is !== 'server-off' && (
        <>
          <Switch
            id="preview"
            label={t('notices.preview')}
            hint={t('notices.previewHint')}
            isOn={pushPreview}
            onTurn={(isOn) => shared.setPreview(isOn)}
          />
          <Switch
            id="quiet"
            label={t('notices.quiet')}
            hint={t('notices.quietHint')}
            isOn={quiet !== undefined}
            onTurn={(isOn) => shared.setQuiet(isOn ? { ...NIGHT, zone: hereZone() } : undefined)}
          />
          {quiet && <Times quiet={quiet} onChange={(hours) => shared.setQuiet(hours)} />}
        </>
      )}
    </>
  );
}

/** Times are meant where they are chosen. */
const hereZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

function Times({ quiet, onChange }: { quiet: QuietHours; onChange: (hours: QuietHours) => void }) {
  return (
    <div className={styles.times}>
      {(['from', 'to'] as const).map((end) => (
        <label key={end} className={styles.time}>
          {t(`notices.${end}`)}
          <input
            type="time"
            required
            value={quiet[end]}
            // Empty while it is being typed.
            onChange={(event) =>
              event.target.value && onChange({ ...quiet, [end]: event.target.value, zone: hereZone() })
            }
          />
        </label>
      ))}
    </div>
  );
}
