/**
 * All pictures of a conversation on the whole screen, one at a time: arrow keys, buttons and swipes lead from one to the next, over the
 * borders of epochs, too. Escape, a swipe down, the button and a press beside the picture close it.
 */
import { Dialog } from '@base-ui/react/dialog';
import { ChevronLeft, ChevronRight, Download, X, ZoomIn, ZoomOut } from 'lucide-react';
import { type KeyboardEvent, type RefObject, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { FileId } from '../../../schema/document/files.ts';
import { plainText } from '../../../schema/document/plain-text.ts';
import type { MessageId } from '../../../schema/ids.ts';
import type { Conversation, ConversationSummary } from '../../conversation/conversation.ts';
import { t } from '../../language/translate.ts';
import { briefTime } from '../dates.ts';
import { useObserved } from '../observed.ts';
import { nameOf, useSession } from '../session.ts';
import styles from './Gallery.module.css';
import { GallerySlide } from './GallerySlide.tsx';
import { isGone, type PictureOf, picturesOf } from './pictures.ts';
import { useGalleryGestures } from './use-gallery-gestures.ts';
import { usePicture } from './use-picture.ts';
import { type Seeking, useSeeking } from './use-seeking.ts';
import { viewed } from './viewed.ts';
import { CLOSE_SCALE, WHOLE } from './zoom.ts';

const PAN_PX = 80;
const KEY_FACTOR = 1.5;

/** The picture among the messages, if one would see it there. The row of the Tab stop is on the page wherever it is. */
function findSeen(file: FileId): HTMLElement | undefined {
  const found = document.querySelector<HTMLElement>(`[data-opens="${file}"]`);
  const { top = 0, bottom = 0 } = found?.getBoundingClientRect() ?? {};
  return found && bottom > 0 && top < window.innerHeight ? found : undefined;
}

export function Gallery({
  present,
  conversation,
  summary,
  onLost,
}: {
  /** Undefined: closed. */
  present: FileId | undefined;
  conversation: Conversation;
  summary: ConversationSummary;
  /** One does not see the last one among the messages: it has to be brought there, and gets the focus. */
  onLost: (message: MessageId) => void;
}) {
  const last = useRef<PictureOf>(undefined);
  // Back leads elsewhere, and there are other pictures.
  useEffect(() => {
    if (!present) return;
    const drop = () => viewed.set(undefined);
    window.addEventListener('popstate', drop);
    return () => window.removeEventListener('popstate', drop);
  }, [present]);
  const lose = useRef(onLost);
  lose.current = onLost;
  const close = useCallback(() => {
    const { current: picture } = last;
    // First: once nothing covers them, the messages load what is around the place that they are at.
    if (picture && !findSeen(picture.file.id)) lose.current(picture.message.id);
    viewed.set(undefined);
  }, []);
  // Where one has come to; null is where one came from.
  const finalFocus = () => (last.current ? (findSeen(last.current.file.id) ?? false) : null);
  return (
    <Dialog.Root open={present !== undefined} onOpenChange={(isOpen) => !isOpen && close()}>
      <Dialog.Portal>
        <Dialog.Backdrop className={styles.backdrop} />
        <Dialog.Popup className={styles.gallery} finalFocus={finalFocus}>
          {present && <Pictures {...{ present, conversation, summary, known: last, close }} />}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Pictures({
  present,
  conversation,
  summary,
  known,
  close,
}: {
  present: FileId;
  conversation: Conversation;
  summary: ConversationSummary;
  /** The one that is shown: its rows may go while one looks for others. */
  known: RefObject<PictureOf | undefined>;
  close: () => void;
}) {
  const values = useObserved(conversation.timeline);
  const pictures = useMemo(() => picturesOf(values.rows), [values.rows]);
  const found = pictures.find(({ file }) => file.id === present);
  if (found) known.current = found;
  const picture = found ?? (known.current?.file.id === present ? known.current : undefined);
  const isOver = !picture || (!found && isGone(values.rows, picture));
  useEffect(() => {
    if (isOver) close();
  }, [isOver, close]);
  const show = useCallback(
    ({ file }: PictureOf) => viewed.set({ conversation: conversation.id, file: file.id }),
    [conversation.id],
  );
  const seeking = useSeeking({ conversation, values, pictures, picture, show });
  return picture && <Shown {...{ picture, seeking, summary, show, pictures, close }} />;
}

function Shown({
  picture,
  seeking,
  summary,
  pictures,
  show,
  close,
}: {
  picture: PictureOf;
  seeking: Seeking;
  summary: ConversationSummary;
  pictures: readonly PictureOf[];
  show: (picture: PictureOf) => void;
  close: () => void;
}) {
  const { message, file } = picture;
  const me = useSession().messenger.account.id;
  const stage = useRef<HTMLDivElement>(null);
  const [zoomed, setZoomed] = useState({ file: file.id, zoom: WHOLE });
  const zoom = zoomed.file === file.id ? zoomed.zoom : WHOLE;
  const { url } = usePicture(message.id, file);
  const { handlers, zoomBy, pan } = useGalleryGestures({
    ...{ stage, zoom, onClose: close },
    setZoom: (next) => setZoomed({ file: file.id, zoom: next }),
    onSwipe: (to) => seeking.go(to === 'back' ? 'older' : 'newer'),
  });
  const isClose = zoom.scale > 1;
  const { index, older, newer } = seeking.place;
  const name = message.from === me ? t('you') : nameOf(summary, message.from);
  const position =
    index < 0
      ? ''
      : t(seeking.isAll ? 'gallery.position' : 'gallery.positionOfMore', { at: index + 1, of: pictures.length });
  const caption = plainText(message.text);

  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const isRtl = getComputedStyle(event.currentTarget).direction === 'rtl';
    const side = event.key === 'ArrowLeft' ? -1 : event.key === 'ArrowRight' ? 1 : 0;
    const edge = event.key === 'Home' ? pictures[0] : event.key === 'End' ? pictures.at(-1) : undefined;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (isClose && side) pan(-side * PAN_PX, 0);
    else if (isClose && event.key === 'ArrowUp') pan(0, PAN_PX);
    else if (isClose && event.key === 'ArrowDown') pan(0, -PAN_PX);
    else if (side) seeking.go(side > 0 !== isRtl ? 'newer' : 'older');
    else if (edge) show(edge);
    else if (event.key === '+' || event.key === '=') zoomBy(KEY_FACTOR);
    else if (event.key === '-') zoomBy(1 / KEY_FACTOR);
    else if (event.key === '0') zoomBy(0);
    else return;
    event.preventDefault();
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of the whole dialog
    <div className={styles.whole} onKeyDown={onKeyDown}>
      <div className={styles.bar}>
        <div className={styles.about}>
          <Dialog.Title className={styles.title} dir="auto">
            {name}
          </Dialog.Title>
          <p className={styles.when}>
            {position && <span>{position}</span>}
            <time dateTime={new Date(message.at).toISOString()}>{briefTime(message.at)}</time>
          </p>
        </div>
        <button
          type="button"
          className={styles.action}
          aria-label={t('gallery.zoom')}
          aria-pressed={isClose}
          onClick={() => zoomBy(isClose ? 0 : CLOSE_SCALE)}
        >
          {isClose ? <ZoomOut aria-hidden="true" /> : <ZoomIn aria-hidden="true" />}
        </button>
        <a
          className={styles.action}
          href={url ?? `/api/files/${file.id}`}
          download={file.name}
          aria-label={t('files.download')}
        >
          <Download aria-hidden="true" />
        </a>
        <Dialog.Close className={styles.action} aria-label={t('close')}>
          <X aria-hidden="true" />
        </Dialog.Close>
      </div>
      <div ref={stage} className={styles.stage} data-close={isClose || undefined} {...handlers}>
        {older && <GallerySlide key={older.file.id} picture={older} place="older" />}
        <GallerySlide key={file.id} picture={picture} place="here" zoom={zoom} />
        {newer && <GallerySlide key={newer.file.id} picture={newer} place="newer" />}
      </div>
      <Step to="older" {...{ seeking }} />
      <Step to="newer" {...{ seeking }} />
      <p className={styles.caption} data-empty={!(caption || seeking.note) || undefined} dir="auto">
        {seeking.note ?? caption}
      </p>
      <span className="visually-hidden" role="status">
        {seeking.note ?? t('gallery.shown', { name, file: file.name, position })}
      </span>
    </div>
  );
}

/** It stays where it is at the ends, and so keeps the focus. */
function Step({ to, seeking }: { to: 'older' | 'newer'; seeking: Seeking }) {
  const Icon = to === 'older' ? ChevronLeft : ChevronRight;
  return (
    <button
      type="button"
      className={`${styles.action} ${styles.step}`}
      data-to={to}
      aria-label={t(`gallery.${to}`)}
      aria-disabled={!seeking.canGo(to) || undefined}
      onClick={() => seeking.go(to)}
    >
      <Icon aria-hidden="true" />
    </button>
  );
}
