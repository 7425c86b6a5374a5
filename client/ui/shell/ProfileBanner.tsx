/** The server did not take a change of one's profile, maybe long after it was made. */
import { UserRoundX } from 'lucide-react';
import { t } from '../../language/translate.ts';
import { useObserved } from '../observed.ts';
import { Banner, BannerAction } from '../parts/Banner.tsx';
import { useSession } from '../session.ts';

export function ProfileBanner() {
  const { profile } = useSession().messenger;
  const { refused } = useObserved(profile.untold);
  if (refused.length === 0) return null;
  const words = refused.map((field) => t(`profile.refused.${field}`)).join(' ');
  return (
    <Banner look="danger" icon={<UserRoundX />} words={words}>
      {/* A failure is shown by the store. */}
      <BannerAction onClick={() => void profile.dismiss().catch(() => undefined)}>{t('jump.dismiss')}</BannerAction>
    </Banner>
  );
}
