/** The sheet of all keys. */
import { useEffect } from 'react';
import { t } from '../../language/translate.ts';
import { Dialog } from '../parts/Dialog.tsx';
import { lazily } from '../parts/lazily.tsx';
import { hideShortcuts, listenForShortcuts, useShortcutsShown } from './shown-sheet.ts';

const ShortcutList = lazily(async () => (await import('./ShortcutList.tsx')).ShortcutList);

export function ShortcutsSheet() {
  const isShown = useShortcutsShown();
  useEffect(listenForShortcuts, []);
  return (
    <Dialog isOpen={isShown} onClose={hideShortcuts} title={t('shortcuts.title')} size="tall">
      <ShortcutList />
    </Dialog>
  );
}
