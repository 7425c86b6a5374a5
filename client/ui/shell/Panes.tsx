/**
 * The pane of the open conversation, and those of the ones seen last, which stay as they are, laid out and hidden: going back to
 * one shows its rows in the next frame. A hidden pane is asleep: it is not rendered, subscribes to nothing, is in nobody's
 * sight and counts nothing as read.
 */
import { memo, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { ConversationSummary } from '../../conversation/conversation.ts';
import { whenIdle } from '../idle.ts';
import { insist, lazily } from '../parts/lazily.tsx';
import type { Route } from '../router.ts';
import { dropPanes, forgetPane, keepPanes, NO_PANES } from './kept-panes.ts';
import styles from './Shell.module.css';

const loadPane = async () => (await import('../conversation/ConversationPane.tsx')).ConversationPane;
const ConversationPane = lazily(loadPane, () => true);

/** What stands outside of its pane on the page, and would not be hidden with it. */
const FLOATING = '[role=dialog], [role=alertdialog], [role=menu]';

export function Panes({
  route,
  items,
  isNarrow,
}: {
  route: Route | undefined;
  items: readonly ConversationSummary[];
  isNarrow: boolean;
}) {
  const [before, setKept] = useState(NO_PANES);
  const byId = new Map(items.map((summary) => [summary.id, summary]));
  const open = route && byId.has(route.conversation) ? route.conversation : undefined;
  const kept = keepPanes(before, open, (id) => byId.has(id));
  if (kept !== before) setKept(kept);

  // Nobody waits for it who opens a conversation later.
  useEffect(() => whenIdle(() => void insist(loadPane)), []);
  // Values and no functions of the state before: React hands those what was there before this rendering changed it.
  useEffect(() => whenIdle(() => setKept(dropPanes(kept))), [kept]);
  const former = useRef(open);
  useLayoutEffect(() => {
    const left = former.current;
    former.current = open;
    if (left && left !== open && document.querySelector(FLOATING)) setKept(forgetPane(kept, left));
  }, [open, kept]);

  return kept.panes
    .toSorted((a, b) => b.made - a.made)
    .map(({ id, visit }) => (
      <Pane
        key={id}
        summary={byId.get(id) as ConversationSummary}
        isShown={id === open}
        route={id === open ? route : undefined}
        {...{ visit, isNarrow }}
      />
    ));
}

interface PaneProps {
  readonly summary: ConversationSummary;
  readonly isShown: boolean;
  readonly visit: number;
  readonly isNarrow: boolean;
  readonly route: Route | undefined;
}

const Pane = memo(
  ({ isShown, ...props }: PaneProps) => (
    // One that is hidden is no landmark; as another element it would be made anew.
    <div role={isShown ? 'main' : undefined} className={styles.pane} data-shown={isShown || undefined}>
      <ConversationPane isShown={isShown} {...props} />
    </div>
  ),
  (before, after) => !before.isShown && !after.isShown,
);
