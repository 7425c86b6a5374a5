/** On a phone: what there is, or a photo taken now with the phone's own camera. */
import { Menu } from '@base-ui/react/menu';
import { Camera, Image } from 'lucide-react';
import type { RefObject } from 'react';
import { t } from '../../language/translate.ts';
import menu from '../parts/Menu.module.css';
import { PopupMenu } from '../parts/PopupMenu.tsx';

export function AttachMenu({
  anchor,
  isOpen,
  onClose,
  onChoose,
}: {
  anchor: RefObject<HTMLButtonElement | null>;
  isOpen: boolean;
  onClose: () => void;
  onChoose: (from: 'files' | 'camera') => void;
}) {
  return (
    <PopupMenu anchor={anchor} isOpen={isOpen} onClose={onClose} side="top" align="end" opener={() => anchor.current}>
      <Menu.Item className={menu.item} onClick={() => onChoose('camera')}>
        <Camera aria-hidden="true" />
        {t('camera.take')}
      </Menu.Item>
      <Menu.Item className={menu.item} onClick={() => onChoose('files')}>
        <Image aria-hidden="true" />
        {t('camera.files')}
      </Menu.Item>
    </PopupMenu>
  );
}
