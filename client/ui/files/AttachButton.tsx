/** The button of the composer that asks for files. */
import { Paperclip } from 'lucide-react';
import { useRef } from 'react';
import { IconButton } from '../parts/Button.tsx';
import { text } from '../text.ts';

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
      <IconButton label={text.files.attach} className={className} onClick={() => input.current?.click()}>
        <Paperclip />
      </IconButton>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label={text.files.attach}
        onChange={({ target }) => {
          // The list empties with the field.
          onChoose([...(target.files ?? [])]);
          target.value = '';
        }}
      />
    </>
  );
}
