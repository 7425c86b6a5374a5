/** Says in the conversation that the server did not pin or unpin a message, maybe long after it was asked for; one after the other. */
import { PinOff } from 'lucide-react';
import type { ConversationId } from '../../../schema/ids.ts';
import { MAX_PINS } from '../../../schema/limits.ts';
import type { JumpTarget } from '../../conversation/conversation.ts';
import { t } from '../../language/translate.ts';
import { useObserved } from '../observed.ts';
import { Banner, BannerAction } from '../parts/Banner.tsx';
import { useSession } from '../session.ts';

export function RefusedPins({
  conversation,
  onJump,
}: {
  conversation: ConversationId;
  onJump: (to: JumpTarget) => void;
}) {
  const { pins } = useSession().messenger;
  const refused = useObserved(pins.refused).find((each) => each.conversation === conversation);
  if (!refused) return null;
  const { message, reason } = refused;
  return (
    <Banner look="danger" icon={<PinOff />} words={t(`pins.refused.${reason}`, { most: MAX_PINS })}>
      {reason !== 'gone' && <BannerAction onClick={() => onJump({ message })}>{t('pins.show')}</BannerAction>}
      {/* A failure is shown by the store. */}
      <BannerAction look="quiet" onClick={() => void pins.dismiss(refused).catch(() => undefined)}>
        {t('jump.dismiss')}
      </BannerAction>
    </Banner>
  );
}
