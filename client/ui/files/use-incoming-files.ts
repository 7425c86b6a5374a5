/**
 * Files that come from outside: dropped anywhere on the page, or pasted where nothing is written. They go to the conversation that is
 * seen. Where nothing takes them the page stays as it is; a browser left alone would leave it and open the file.
 */
import { type RefObject, useEffect } from 'react';

const hasFiles = ({ dataTransfer }: DragEvent): boolean => dataTransfer?.types.includes('Files') === true;

/** Calls `add` while `isAwake`: panes that are hidden stay as they are. Without `add` nothing is taken. */
export function useIncomingFiles(
  isAwake: RefObject<boolean>,
  add: ((files: Iterable<File>) => Promise<void>) | undefined,
): void {
  useEffect(() => {
    if (!add) return;
    const done = new AbortController();
    const { signal } = done;
    const isMine = (event: Event) => isAwake.current && !event.defaultPrevented;
    const take = (event: Event, files: FileList | undefined) => {
      if (!files || files.length === 0) return;
      event.preventDefault();
      void add(files);
    };
    // Only what says so takes a drop.
    const onDragOver = (event: DragEvent) => isMine(event) && hasFiles(event) && event.preventDefault();
    const onDrop = (event: DragEvent) => isMine(event) && take(event, event.dataTransfer?.files);
    const onPaste = (event: ClipboardEvent) => {
      // Fields paste for themselves.
      const isField = event.target instanceof Element && event.target.closest('input, textarea, [contenteditable]');
      if (isMine(event) && !isField) take(event, event.clipboardData?.files);
    };
    document.addEventListener('dragover', onDragOver, { signal });
    document.addEventListener('drop', onDrop, { signal });
    document.addEventListener('paste', onPaste, { signal });
    return () => done.abort();
  }, [isAwake, add]);
}

/** For the whole page: what nobody takes is not opened either. */
export function refuseStrayFiles(): () => void {
  const done = new AbortController();
  const refuse = (event: DragEvent) => {
    // Whoever takes it was asked before: this comes last.
    if (event.defaultPrevented || !hasFiles(event)) return;
    event.preventDefault();
    if (event.dataTransfer) event.dataTransfer.dropEffect = 'none';
  };
  window.addEventListener('dragover', refuse, { signal: done.signal });
  window.addEventListener('drop', refuse, { signal: done.signal });
  return () => done.abort();
}
