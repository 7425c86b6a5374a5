/**
 * Which conversations keep their pane while another is shown: those seen last, so that going back to one of them makes nothing
 * anew. Pure.
 */
import type { ConversationId } from '../../../schema/ids.ts';

export interface KeptPane {
  readonly id: ConversationId;
  /** Counts how often it was shown. */
  readonly visit: number;
  /** When it was made, among the panes: they never change their order on the page, for what is moved is laid out anew. */
  readonly made: number;
}

export interface KeptPanes {
  readonly open: ConversationId | undefined;
  /** The one that was shown last comes first. */
  readonly panes: readonly KeptPane[];
}

export const NO_PANES: KeptPanes = { open: undefined, panes: [] };

/** People go to and fro between two or three conversations. A pane is a screen of rows, and holds on to the rows it shows. */
export const MAX_PANES = 3;

/** What is kept once `open` is shown, or none; the same object when nothing changes. What `exists` denies goes. */
export function keepPanes(
  kept: KeptPanes,
  open: ConversationId | undefined,
  exists: (id: ConversationId) => boolean,
): KeptPanes {
  const remaining = kept.panes.every(({ id }) => exists(id)) ? kept.panes : kept.panes.filter(({ id }) => exists(id));
  if (open === kept.open && remaining === kept.panes) return kept;
  if (open === undefined || open === kept.open) return { open, panes: remaining };
  const known = remaining.find(({ id }) => id === open);
  const made = known?.made ?? Math.max(0, ...remaining.map((pane) => pane.made)) + 1;
  const shown = { id: open, visit: (known?.visit ?? 0) + 1, made };
  return { open, panes: [shown, ...remaining.filter((pane) => pane !== known)] };
}

/** Without those beyond the limit: a matter for later, as taking one away costs as much as showing another. */
export const dropPanes = (kept: KeptPanes): KeptPanes =>
  kept.panes.length <= MAX_PANES ? kept : { ...kept, panes: kept.panes.slice(0, MAX_PANES) };

/** Without that pane, unless it is the one that is shown. */
export const forgetPane = ({ open, panes }: KeptPanes, gone: ConversationId): KeptPanes => ({
  open,
  panes: panes.filter(({ id }) => id !== gone || id === open),
});
