/** The picture of oneself or of a group, with ways to choose another one and to take it away. */
import { useRef, useState } from 'react';
import { t } from '../../language/translate.ts';
import { Avatar } from '../parts/Avatar.tsx';
import { Button } from '../parts/Button.tsx';
import { CropDialog } from './CropDialog.tsx';
import styles from './Picture.module.css';

export function PictureChoice({
  id,
  name,
  picture,
  kind = 'person',
  isDisabled = false,
  isSaving = false,
  note,
  problem,
  onChange,
}: {
  id: string;
  name: string;
  picture: string | undefined;
  kind?: 'person' | 'group';
  isDisabled?: boolean;
  isSaving?: boolean;
  /** What is to be said of the picture. */
  note?: string | false;
  problem?: string | false | undefined;
  /** null: none any more. */
  onChange: (picture: Blob | null) => void;
}) {
  const input = useRef<HTMLInputElement>(null);
  const [file, setFile] = useState<File>();
  const isBusy = isDisabled || isSaving;
  const words = picture === undefined ? t('profile.addPicture') : t('profile.changePicture');
  return (
    <div className={styles.choice}>
      <Avatar id={id} name={name} picture={picture} kind={kind} size="huge" />
      <div className={styles.actions}>
        <Button look="quiet" disabled={isBusy} onClick={() => input.current?.click()}>
          {isSaving ? t('details.saving') : words}
        </Button>
        {picture !== undefined && (
          <Button look="quiet" disabled={isBusy} onClick={() => onChange(null)}>
            {t('profile.removePicture')}
          </Button>
        )}
      </div>
      {note && <p className={styles.note}>{note}</p>}
      {problem && <p role="alert">{problem}</p>}
      <input
        ref={input}
        type="file"
        accept="image/*"
        hidden
        aria-label={words}
        onChange={({ target }) => {
          setFile(target.files?.[0]);
          // The same file may be chosen once more.
          target.value = '';
        }}
      />
      <CropDialog
        file={file}
        kind={kind}
        onClose={() => setFile(undefined)}
        onCut={(cut) => {
          setFile(undefined);
          onChange(cut);
        }}
      />
    </div>
  );
}
