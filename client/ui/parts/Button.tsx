/** The two kinds of buttons: with words, and with an icon whose words are its label and tooltip. */
import { Tooltip } from '@base-ui/react/tooltip';
import type { ComponentProps, ReactNode } from 'react';
import styles from './Button.module.css';

type Look = 'primary' | 'plain' | 'quiet' | 'danger';

export function Button({ look = 'plain', className, ...props }: ComponentProps<'button'> & { look?: Look }) {
  return <button type="button" className={`${styles.button} ${styles[look]} ${className ?? ''}`} {...props} />;
}

export function IconButton({
  label,
  children,
  className,
  ...props
}: ComponentProps<'button'> & { label: string; children: ReactNode }) {
  return (
    <Tooltip.Root>
      <Tooltip.Trigger
        render={<button type="button" aria-label={label} className={`${styles.icon} ${className ?? ''}`} {...props} />}
      >
        {children}
      </Tooltip.Trigger>
      <Tooltip.Portal>
        <Tooltip.Positioner sideOffset={6}>
          <Tooltip.Popup className={styles.tooltip}>{label}</Tooltip.Popup>
        </Tooltip.Positioner>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}
