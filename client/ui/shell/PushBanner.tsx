/** Offers notifications once something was sent, quietly, and never again after "Not now". The browser itself asks only after a yes. */
import { BellRing } from 'lucide-react';
import { useState } from 'react';
import { t } from '../../language/translate.ts';
import { useObserved } from '../observed.ts';
import { Banner, BannerAction } from '../parts/Banner.tsx';
import { useSession } from '../session.ts';

export function PushBanner() {
  const { push } = useSession().messenger;
  const { isOffered } = useObserved(push.view);
  const [state, setState] = useState<'asked' | 'busy' | 'failed'>('asked');
  if (!isOffered) return null;
  const accept = async () => {
    setState('busy');
    // A no to the browser's question takes the offer away; so does success.
    const answer = await push.turnOn();
    setState(answer === 'failed' ? 'failed' : 'asked');
    // Closed without an answer: that, too, is one.
    if (answer === 'denied') push.decline();
  };
  const words = state === 'failed' ? t('notices.failed') : t('notices.offer');
  return (
    <Banner look={state === 'failed' ? 'notice' : 'offer'} icon={<BellRing />} words={words}>
      <BannerAction onClick={accept} disabled={state === 'busy'}>
        {t('notices.accept')}
      </BannerAction>
      <BannerAction look="quiet" onClick={() => push.decline()}>
        {t('notices.decline')}
      </BannerAction>
    </Banner>
  );
}
