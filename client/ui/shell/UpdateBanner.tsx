/** Offers the new version of the app once it is installed. Nothing is reloaded without being asked. */
import { Sparkles } from 'lucide-react';
import { type AppUpdate, useUpdate } from '../app-update.ts';
import { Banner, BannerAction } from '../parts/Banner.tsx';
import { text } from '../text.ts';

export function UpdateBanner({ update }: { update: AppUpdate }) {
  if (!useUpdate(update)) return null;
  return (
    <Banner look="notice" icon={<Sparkles />} words={text.update.ready}>
      <BannerAction onClick={update.reload}>{text.update.reload}</BannerAction>
      <BannerAction look="quiet" onClick={update.dismiss}>
        {text.update.later}
      </BannerAction>
    </Banner>
  );
}
