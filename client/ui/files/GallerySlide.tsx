/** A picture of the gallery: the one that is looked at, and its neighbours beside the screen, so that they are there at once. */
import { t } from '../../language/translate.ts';
import styles from './Gallery.module.css';
import type { PictureOf } from './pictures.ts';
import { usePicture } from './use-picture.ts';
import type { Zoom } from './zoom.ts';

export type SlidePlace = 'older' | 'here' | 'newer';

export function GallerySlide({
  picture: { message, file },
  place,
  zoom,
}: {
  picture: PictureOf;
  place: SlidePlace;
  /** Of the one that is here. */
  zoom?: Zoom | undefined;
}) {
  const { url, problem } = usePicture(message.id, file);
  const { width = 1, height = 1, preview, name } = file;
  const placed = zoom && { transform: `translate(${zoom.x}px, ${zoom.y}px) scale(${zoom.scale})` };
  return (
    <div className={styles.slide} data-place={place} aria-hidden={place !== 'here' || undefined}>
      <img
        className={styles.picture}
        src={url ?? preview ?? NOTHING}
        alt={name}
        draggable={false}
        data-awaited={url === undefined || undefined}
        style={{ '--width': width, '--height': height, ...placed }}
      />
      {problem && place === 'here' && (
        <p className={styles.problem} role="alert">
          {t(`files.${problem}`)}
        </p>
      )}
    </div>
  );
}

/** Without an address browsers draw a broken picture. */
const NOTHING = 'data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==';
