/** Chooses the square of a picture that is shown, by pulling it, or by sliders with the keyboard, and makes it small. */
import { type PointerEvent, useEffect, useRef, useState } from 'react';
import { t } from '../../language/translate.ts';
import { Button } from '../parts/Button.tsx';
import { DialogActions } from '../parts/Dialog.tsx';
import { ModalDialog } from '../parts/ModalDialog.tsx';
import { type Crop, fitCrop, MAX_ZOOM, pullCrop, squareOf, WHOLE } from './crop.ts';
import { drawSquare, encodePicture, PICTURE_PX } from './encode-picture.ts';
import styles from './Picture.module.css';

const STEP = 0.01;

export function CropDialog({
  file,
  kind,
  onClose,
  onCut,
}: {
  /** Undefined: closed. */
  file: File | undefined;
  kind: 'person' | 'group';
  onClose: () => void;
  onCut: (picture: Blob) => void;
}) {
  return (
    <ModalDialog isOpen={file !== undefined} onClose={onClose} title={t('profile.cropTitle')} onPressOutside="stays">
      {file && <Cropping file={file} kind={kind} onClose={onClose} onCut={onCut} />}
    </ModalDialog>
  );
}

function Cropping({
  file,
  kind,
  onClose,
  onCut,
}: {
  file: File;
  kind: 'person' | 'group';
  onClose: () => void;
  onCut: (picture: Blob) => void;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const pulledFrom = useRef<{ x: number; y: number }>(undefined);
  const [picture, setPicture] = useState<ImageBitmap | 'unknown'>();
  const [crop, setCrop] = useState<Crop>(WHOLE);
  useEffect(() => {
    let isOver = false;
    let opened: ImageBitmap | undefined;
    createImageBitmap(file).then(
      (bitmap) => {
        opened = bitmap;
        if (isOver) bitmap.close();
        else setPicture(bitmap);
      },
      () => isOver || setPicture('unknown'),
    );
    return () => {
      isOver = true;
      opened?.close();
    };
  }, [file]);
  useEffect(() => {
    if (canvas.current && typeof picture === 'object') drawSquare(canvas.current, picture, squareOf(picture, crop));
  }, [picture, crop]);

  if (picture === 'unknown')
    return (
      <>
        <p role="alert">{t('profile.notPicture')}</p>
        <DialogActions>
          <Button onClick={onClose}>{t('close')}</Button>
        </DialogActions>
      </>
    );
  const pull = (event: PointerEvent<HTMLCanvasElement>) => {
    if (!pulledFrom.current || !picture) return;
    const { clientX: x, clientY: y, currentTarget } = event;
    const by = { x: x - pulledFrom.current.x, y: y - pulledFrom.current.y };
    pulledFrom.current = { x, y };
    const shown = currentTarget.clientWidth;
    setCrop((former) => pullCrop(picture, former, { x: by.x / shown, y: by.y / shown }));
  };
  const sliders = [
    ['zoom', 1, MAX_ZOOM],
    ['x', 0, 1],
    ['y', 0, 1],
  ] as const;
  return (
    <>
      <canvas
        ref={canvas}
        className={styles.cut}
        data-kind={kind}
        width={PICTURE_PX}
        height={PICTURE_PX}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          pulledFrom.current = { x: event.clientX, y: event.clientY };
        }}
        onPointerMove={pull}
        onPointerUp={() => {
          pulledFrom.current = undefined;
        }}
        onPointerCancel={() => {
          pulledFrom.current = undefined;
        }}
      />
      {sliders.map(([key, min, max]) => (
        <label key={key} className={key === 'zoom' ? styles.slider : `${styles.slider} ${styles.keyboard}`}>
          {t(`profile.crop.${key}`)}
          <input
            type="range"
            {...{ min, max }}
            step={STEP}
            value={crop[key]}
            onChange={(event) => {
              const wanted = { ...crop, [key]: Number(event.target.value) };
              if (picture) setCrop(fitCrop(picture, wanted));
            }}
          />
        </label>
      ))}
      <DialogActions>
        <Button onClick={onClose}>{t('cancel')}</Button>
        <Button
          look="primary"
          disabled={!picture}
          onClick={() => canvas.current && void encodePicture(canvas.current).then(onCut)}
        >
          {t('profile.use')}
        </Button>
      </DialogActions>
    </>
  );
}
