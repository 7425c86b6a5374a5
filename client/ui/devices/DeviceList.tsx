/** Where this person is signed in: this device first, then the others, each with a way to sign it out. */
import { LogOut } from 'lucide-react';
import { useState } from 'react';
import { t } from '../../language/translate.ts';
import { AskedList } from '../parts/AskedList.tsx';
import { AskOnce } from '../parts/AskOnce.tsx';
import { useSession } from '../session.ts';
import { useAskedList } from '../use-asked-list.ts';
import { DeviceLine } from './DeviceLine.tsx';
import styles from './Devices.module.css';

export function DeviceList() {
  const { devices } = useSession().messenger;
  const asked = useAskedList(devices);
  const [said, setSaid] = useState('');
  const isBusy = asked.changing !== undefined;
  const end = async (which: string, words: string) => {
    setSaid('');
    const isDone = await asked.change(which, () =>
      which === 'others' ? devices.signOutOthers() : devices.signOut(which),
    );
    if (isDone) setSaid(words);
  };
  return (
    <AskedList asked={asked} words="devices" said={said}>
      {(items) => {
        const others = items.filter((device) => !device.isCurrent);
        return (
          <>
            <section>
              <h3 className={styles.heading}>{t('devices.here')}</h3>
              <ul>
                {items
                  .filter((device) => device.isCurrent)
                  .map((device) => (
                    <DeviceLine key={device.id} device={device} isBusy={false} />
                  ))}
              </ul>
            </section>
            <section>
              <h3 className={styles.heading}>{t('devices.others')}</h3>
              {others.length === 0 && <p className={styles.note}>{t('devices.none')}</p>}
              <ul>
                {others.map((device) => (
                  <DeviceLine
                    key={device.id}
                    device={device}
                    isBusy={isBusy}
                    onEnd={() => end(device.id, t('devices.ended'))}
                  />
                ))}
              </ul>
            </section>
            {others.length > 1 && (
              <div className={styles.all}>
                <AskOnce
                  label={t('devices.endOthers')}
                  question={t('devices.sureOthers', { count: others.length })}
                  confirm={t('devices.end')}
                  busy={t('devices.busy')}
                  icon={<LogOut aria-hidden="true" />}
                  isBusy={isBusy}
                  onConfirm={() => end('others', t('devices.endedOthers'))}
                />
              </div>
            )}
          </>
        );
      }}
    </AskedList>
  );
}
