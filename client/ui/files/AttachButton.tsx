/** The button of the composer that asks for files; on a phone it first asks whether to take a photo. */
import { Paperclip } from 'lucide-react';
import { useRef, useState } from 'react';
import { t } from '../../language/translate.ts';
import { isTouchOnly } from '../media.ts';
import { IconButton } from '../parts/Button.tsx';
import { isOpen, lazily } from '../parts/lazily.tsx';

const AttachMenu = lazily(async () => (await import('./AttachMenu.tsx')).AttachMenu, isOpen);

export function AttachButton({
  onChoose,
  className,
}: {
  onChoose: (files: Iterable<File>) => void;
  className: string;
}) {
  const input = useRef<HTMLInputElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const [isAsking, setAsking] = useState(false);
  const asksFirst = isTouchOnly();
  const choose = (from: 'files' | 'camera') => {
    const field = input.current;
    if (!field) return;
    field.accept = from === 'camera' ? 'image/*' : '';
    field.toggleAttribute('capture', from === 'camera');
    field.click();
  };
  return (
    <>
      <IconButton
        ref={button}
        label={t('files.attach')}
        className={className}
        {...(asksFirst && { 'aria-haspopup': 'menu' as const, 'aria-expanded': isAsking })}
        onClick={() => (asksFirst ? setAsking(true) : choose('files'))}
      >
        <Paperclip />
      </IconButton>
      {asksFirst && <AttachMenu anchor={button} isOpen={isAsking} onClose={() => setAsking(false)} onChoose={choose} />}
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
