/** The menu of a line of the list, where it was asked for: by the second mouse button, a long press, or the keyboard. */
import type { ConversationSummary } from '../../conversation/conversation.ts';
import { PopupMenu } from '../parts/PopupMenu.tsx';
import { KeepItems } from './KeepItems.tsx';

export interface LineMenuProps {
  readonly summary: ConversationSummary | undefined;
  /** Where it opens; the focus returns to the line. */
  readonly at: { readonly x: number; readonly y: number; readonly line: HTMLElement } | undefined;
  readonly onClose: () => void;
}

export function LineMenu({ summary, at, onClose }: LineMenuProps) {
  const anchor = { getBoundingClientRect: () => new DOMRect(at?.x, at?.y, 0, 0) };
  return (
    <PopupMenu anchor={anchor} isOpen={summary !== undefined} onClose={onClose} distance={2} opener={() => at?.line}>
      {summary && <KeepItems summary={summary} />}
    </PopupMenu>
  );
}
