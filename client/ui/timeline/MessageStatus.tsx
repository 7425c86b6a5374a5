/**
 * How far one's own message has come: clock, one check, two checks, two heavy blue checks, red mark. The shapes differ
 * as far as shapes can, each has a label, and weight distinguishes "read" from "delivered" without colour.
 */
import { Check, CheckCheck, CircleAlert, Clock } from 'lucide-react';
import type { Delivery } from '../../conversation/conversation.ts';
import { t } from '../../language/translate.ts';
import styles from './MessageStatus.module.css';

const ICONS = { sending: Clock, sent: Check, delivered: CheckCheck, read: CheckCheck, failed: CircleAlert } as const;

export function MessageStatus({ delivery, label }: { delivery: Delivery; label?: string }) {
  const Icon = ICONS[delivery];
  const words = label ?? t(`message.status.${delivery}`);
  return (
    <span role="img" aria-label={words} title={words} data-delivery={delivery} className={styles.status}>
      <Icon aria-hidden="true" strokeWidth={delivery === 'read' ? 2.6 : 2} />
    </span>
  );
}
