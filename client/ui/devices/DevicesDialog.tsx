/** Where this person is signed in: this device first, then the others, each with a way to sign it out. */
import { LogOut } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useObserved } from '../observed.ts';
import { Button } from '../parts/Button.tsx';
import { Dialog } from '../parts/Dialog.tsx';
import { describeRequest } from '../problems.ts';
import { useSession } from '../session.ts';
import { text } from '../text.ts';
import { AskOnce, DeviceLine } from './DeviceLine.tsx';
import styles from './Devices.module.css';
import { useDevices } from './use-devices.ts';

export const DevicesDialog = ({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) => (
  <Dialog isOpen={isOpen} onClose={onClose} title={text.devices.title} hint={text.devices.hint} size="tall">
    <DeviceList />
  </Dialog>
);

function DeviceList() {
  const { messenger } = useSession();
  const connection = useObserved(messenger.connection);
  const { items, failure, ending, load, end } = useDevices(messenger);
  const [said, setSaid] = useState('');
  const isConnected = connection.is === 'connected';
  // What could not be asked without a network is asked when it is back.
  useEffect(() => {
    if (isConnected && failure?.is === 'network') void load();
  }, [isConnected, failure, load]);
  const endAndSay = async (which: string, words: string) => {
    setSaid('');
    if (await end(which)) setSaid(words);
  };
  const others = items?.filter((device) => !device.isCurrent) ?? [];
  return (
    <div className={styles.body}>
      {failure && (
        <div role="alert" className={styles.problem}>
          <p>{failure.is === 'network' ? text.devices.offline : describeRequest(failure)}</p>
          <Button onClick={() => void load()}>{text.devices.retry}</Button>
        </div>
      )}
      {!items && !failure && (
        <p role="status" className={styles.note}>
          {text.devices.loading}
        </p>
      )}
      {items && (
        <>
          <section>
            <h3 className={styles.heading}>{text.devices.here}</h3>
            <ul>
              {items
                .filter((device) => device.isCurrent)
                .map((device) => (
                  <DeviceLine key={device.id} device={device} isBusy={false} />
                ))}
            </ul>
          </section>
          <section>
            <h3 className={styles.heading}>{text.devices.others}</h3>
            {others.length === 0 && <p className={styles.note}>{text.devices.none}</p>}
            <ul>
              {others.map((device) => (
                <DeviceLine
                  key={device.id}
                  device={device}
                  isBusy={ending !== undefined}
                  onEnd={() => endAndSay(device.id, text.devices.ended)}
                />
              ))}
            </ul>
          </section>
          {others.length > 1 && (
            <div className={styles.all}>
              <AskOnce
                label={text.devices.endOthers}
                question={text.devices.sureOthers(others.length)}
                icon={<LogOut aria-hidden="true" />}
                isBusy={ending !== undefined}
                onConfirm={() => endAndSay('others', text.devices.endedOthers)}
              />
            </div>
          )}
        </>
      )}
      <p role="status" className={styles.said}>
        {said}
      </p>
    </div>
  );
}
