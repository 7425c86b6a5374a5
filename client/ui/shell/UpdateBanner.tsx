/** Offers the new version of the app once it is installed. Nothing is reloaded without being asked. */
import { Sparkles } from 'lucide-react';
import { t } from '../../language/translate.ts';
import { type AppUpdate, useUpdate } from '../app-update.ts';
import { Banner, BannerAction } from '../parts/Banner.tsx';

export function UpdateBanner({ update }: { update: AppUpdate }) {
  if (!useUpdate(update)) return null;
  return (
    <Banner look="notice" icon={<Sparkles />} words={t('update.ready')}>
      <BannerAction onClick={update.reload}>{t('update.reload')}</BannerAction>
      <BannerAction look="quiet" onClick={update.dismiss}>
        {t('update.later')}
      </BannerAction>
    </Banner>
  );
}
