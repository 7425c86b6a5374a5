/** What others may know of this person, each both ways. */
import { t } from '../../language/translate.ts';
import { useObserved } from '../observed.ts';
import { useSession } from '../session.ts';
import { Switch } from './Switch.tsx';

const PRIVACY = ['receipts', 'presence', 'typing'] as const;

export function PrivacySettings() {
  const { shared } = useSession().messenger;
  const { privacy } = useObserved(shared.values);
  return PRIVACY.map((key) => (
    <Switch
      key={key}
      id={key}
      label={t(`settings.${key}`)}
      hint={t(`settings.hints.${key}`)}
      isOn={privacy[key]}
      onTurn={(isOn) => shared.setPrivacy({ [key]: isOn })}
    />
  ));
}
