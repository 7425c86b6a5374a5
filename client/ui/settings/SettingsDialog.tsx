/**
 * Everything that can be set, in one place by section: side by side with the list of sections on wide screens, one page after the
 * other on phones.
 */

import {
  Bell,
  ChevronRight,
  Contrast,
  FolderDown,
  HardDrive,
  KeyRound,
  Lock,
  MonitorSmartphone,
  UserRound,
} from 'lucide-react';
import { type ComponentType, type RefObject, useEffect, useRef, useState } from 'react';
import { t } from '../../language/translate.ts';
import { DeviceList } from '../devices/DeviceList.tsx';
import { useNarrow } from '../media.ts';
import { ModalDialog } from '../parts/ModalDialog.tsx';
import { Keys } from '../programs/Keys.tsx';
import { AppearanceSettings } from './AppearanceSettings.tsx';
import { DataSettings } from './DataSettings.tsx';
import { NotificationSettings } from './NotificationSettings.tsx';
import { PrivacySettings } from './PrivacySettings.tsx';
import { ProfileSettings } from './ProfileSettings.tsx';
import styles from './Settings.module.css';
import { StorageSettings } from './StorageSettings.tsx';
import { SECTIONS, type Section, type SettingsPlace } from './sections.ts';

/** What a section is given; `hold`: something in it would be lost by a press outside. */
interface PageProps {
  readonly hold: (isHeld: boolean) => void;
}

const PAGES = {
  profile: [UserRound, ProfileSettings],
  privacy: [Lock, PrivacySettings],
  notifications: [Bell, NotificationSettings],
  appearance: [Contrast, AppearanceSettings],
  devices: [MonitorSmartphone, DeviceList],
  keys: [KeyRound, Keys],
  storage: [HardDrive, StorageSettings],
  data: [FolderDown, DataSettings],
} as const satisfies Record<Section, readonly [typeof Bell, ComponentType<PageProps>]>;

const HINTED = ['privacy', 'devices', 'keys', 'storage'] as const satisfies readonly Section[];
const isHinted = (name: Section): name is (typeof HINTED)[number] => HINTED.some((each) => each === name);

export function SettingsDialog({
  isOpen,
  place,
  onGo,
  onClose,
  opener,
}: {
  isOpen: boolean;
  place: SettingsPlace;
  onGo: (to: SettingsPlace) => void;
  onClose: () => void;
  /** Where the focus returns to. */
  opener: RefObject<HTMLElement | null>;
}) {
  const isNarrow = useNarrow();
  // It stays as it is while it fades away.
  const [shown, setShown] = useState(place);
  if (isOpen && shown !== place) setShown(place);
  const chosen = shown === 'list' ? undefined : shown;
  const [isHeld, hold] = useState(false);
  const list = useRef<HTMLElement>(null);
  const left = useRef<Section>(undefined);
  const back = () => {
    left.current = chosen;
    onGo('list');
  };
  // On a phone the page that was left is found again in the list.
  useEffect(() => {
    if (chosen || !left.current) return;
    list.current?.querySelector<HTMLElement>(`[data-section="${left.current}"]`)?.focus();
    left.current = undefined;
  }, [chosen]);
  const section = chosen ?? (isNarrow ? undefined : SECTIONS[0]);
  const isPage = isNarrow && section !== undefined;
  return (
    <ModalDialog
      isOpen={isOpen}
      onClose={onClose}
      title={isPage ? t(`settings.sections.${section}`) : t('settings.title')}
      {...(isPage && { back: { label: t('settings.back'), onBack: back } })}
      size="wide"
      onPressOutside={isHeld ? 'stays' : 'closes'}
      initialFocus={() =>
        list.current?.querySelector<HTMLElement>('[aria-current]') ?? list.current?.querySelector('button') ?? true
      }
      finalFocus={opener}
    >
      <div className={styles.panes}>
        {!isPage && (
          <nav ref={list} className={styles.list} aria-label={t('settings.title')}>
            {SECTIONS.map((name) => (
              <SectionButton key={name} name={name} isCurrent={name === section} onChoose={() => onGo(name)} />
            ))}
          </nav>
        )}
        {section && <Page key={section} name={section} isAlone={isPage} hold={hold} />}
      </div>
    </ModalDialog>
  );
}

function SectionButton({ name, isCurrent, onChoose }: { name: Section; isCurrent: boolean; onChoose: () => void }) {
  const [Icon] = PAGES[name];
  return (
    <button
      type="button"
      className={styles.section}
      data-section={name}
      aria-current={isCurrent ? 'page' : undefined}
      onClick={onChoose}
    >
      <Icon aria-hidden="true" />
      {t(`settings.sections.${name}`)}
      <ChevronRight aria-hidden="true" className={styles.onward} />
    </button>
  );
}

/** `isAlone`: the title of the dialog names it. */
function Page({ name, isAlone, hold }: { name: Section; isAlone: boolean } & PageProps) {
  const [, Body] = PAGES[name];
  const page = useRef<HTMLElement>(null);
  useEffect(() => {
    // What was pressed is gone.
    if (isAlone) page.current?.focus();
    return () => hold(false);
  }, [isAlone, hold]);
  const hint = isHinted(name) && t(`settings.pageHints.${name}`);
  return (
    <section ref={page} className={styles.page} aria-label={t(`settings.sections.${name}`)} tabIndex={-1}>
      {(!isAlone || hint) && (
        <div className={styles.head}>
          {!isAlone && <h3 className={styles.title}>{t(`settings.sections.${name}`)}</h3>}
          {hint && <p className={styles.hint}>{hint}</p>}
        </div>
      )}
      <Body hold={hold} />
    </section>
  );
}
