/** What keys do, by place, and whether `?` shows it. */
import { Fragment } from 'react';
import type { Key } from '../../language/phrases.ts';
import { t } from '../../language/translate.ts';
import { Switch } from '../settings/Switch.tsx';
import styles from './ShortcutList.module.css';
import { ENGRAVED_KEYS, type KeyName, type NAMED_KEYS, SHORTCUTS, type Ways } from './shortcuts.ts';
import { turnShortcutsKey, useShortcutsKey } from './shown-sheet.ts';

/** Where ⌘ is what Ctrl is elsewhere. */
const isMac = (): boolean => /Mac|iPhone|iPad/.test(navigator.userAgent);

const isEngraved = (key: KeyName): key is keyof typeof ENGRAVED_KEYS => key in ENGRAVED_KEYS;

function capOf(key: KeyName): string {
  if (isEngraved(key)) return ENGRAVED_KEYS[key];
  if (key === 'Control' && isMac()) return '⌘';
  return t(`shortcuts.caps.${key as (typeof NAMED_KEYS)[number]}`);
}

export function ShortcutList() {
  const hasKey = useShortcutsKey();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it is scrolled by keys
    <section className={styles.list} tabIndex={0} aria-label={t('shortcuts.title')}>
      {Object.entries(SHORTCUTS).map(([place, shortcuts]) => (
        <section key={place}>
          <h3 className={styles.place}>{t(`shortcuts.places.${place as keyof typeof SHORTCUTS}`)}</h3>
          <dl>
            {Object.entries<Ways>(shortcuts).map(([what, ways]) => (
              <div key={what} className={styles.shortcut}>
                <dt>{t(`shortcuts.${place}.${what}` as Key & `shortcuts.writing.${string}`)}</dt>
                <dd>
                  {ways.map((way) => (
                    <span key={way.join()} className={styles.way}>
                      {way.map((key, index) => (
                        <Fragment key={key}>
                          {index > 0 && <span aria-hidden="true">+</span>}
                          <kbd>{capOf(key)}</kbd>
                        </Fragment>
                      ))}
                    </span>
                  ))}
                </dd>
              </div>
            ))}
          </dl>
          {place === 'everywhere' && (
            <Switch
              id="question-mark"
              label={t('shortcuts.key')}
              hint={t('shortcuts.keyHint')}
              isOn={hasKey}
              onTurn={turnShortcutsKey}
            />
          )}
        </section>
      ))}
    </section>
  );
}
