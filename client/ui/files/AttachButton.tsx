/** The button of the composer that asks for files. */
import { Paperclip } from 'lucide-react';
import { useRef } from 'react';
import { t } from '../../language/translate.ts';
import { IconButton } from '../parts/Button.tsx';

export function AttachButton({
  onChoose,
  className,
}: {
  onChoose: (files: Iterable<File>) => void;
  className: string;
}) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <IconButton label={t('files.attach')} className={className} onClick={() => input.current?.click()}>
        <Paperclip />
      </IconButton>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label={t('files.attach')}
        onChange={({ target }) => {
          // The list empties with the field.
          onChoose([...(target.files ?? [])]);
          target.value = '';
        }}
      />
    </>
  );
}
