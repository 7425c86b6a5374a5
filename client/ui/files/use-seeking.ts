/** The next picture before or after one, fetched with older or newer messages when it is not among those that are here. */
import { useEffect, useState } from 'react';
import type { Conversation, Timeline } from '../../conversation/conversation.ts';
import { t } from '../../language/translate.ts';
import { type PictureOf, type Place, placeOf } from './pictures.ts';

type Side = 'older' | 'newer';

export interface Seeking {
  readonly place: Place;
  /** All messages of the conversation are here, and so all its pictures. */
  readonly isAll: boolean;
  /** What is being done, or why there are no more. */
  readonly note: string | undefined;
  canGo(to: Side): boolean;
  go(to: Side): void;
}

export function useSeeking({
  conversation,
  values,
  pictures,
  picture,
  show,
}: {
  conversation: Conversation;
  values: Timeline;
  pictures: readonly PictureOf[];
  picture: PictureOf | undefined;
  show: (picture: PictureOf) => void;
}): Seeking {
  const [sought, setSought] = useState<Side>();
  const [missed, setMissed] = useState<Side>();
  const place: Place = picture ? placeOf(pictures, picture) : { index: -1 };
  const next = sought && place[sought];
  const edge = sought && values[sought];
  // With every change of the rows once more: an epoch may be without pictures.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => {
    if (!sought) return;
    if (edge === 'more' && !next)
      return void (sought === 'older' ? conversation.loadOlder() : conversation.loadNewer());
    if (edge === 'loading' && !next) return;
    setSought(undefined);
    if (next) show(next);
    else setMissed(sought);
  }, [sought, next, edge, values.rows, conversation, show]);

  const go = (to: Side) => {
    setMissed(undefined);
    setSought(undefined);
    const there = place[to];
    if (there) show(there);
    else if (values[to] !== 'none') setSought(to);
  };
  const isAbsent = missed && values[missed] === 'absent';
  return {
    place,
    isAll: values.older === 'none' && values.newer === 'none',
    note: sought ? t('gallery.seeking') : isAbsent ? t('gallery.absent') : undefined,
    canGo: (to) => place[to] !== undefined || values[to] !== 'none',
    go,
  };
}
