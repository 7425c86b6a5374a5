/**
 * The files that the next message will carry: chosen, dropped anywhere on the page or pasted. They are kept by conversation as long as
 * the page is open; nothing of them is stored before the message is sent.
 */
import { useEffect, useState } from 'react';
import { MAX_MESSAGE_FILES } from '../../../schema/limits.ts';
import type { OutgoingFile } from '../../conversation/attachments.ts';
import { createSource, type Source, useObserved } from '../observed.ts';

const trays = new Map<string, Source<readonly OutgoingFile[]>>();

function trayOf(conversation: string): Source<readonly OutgoingFile[]> {
  const tray = trays.get(conversation) ?? createSource<readonly OutgoingFile[]>([]);
  trays.set(conversation, tray);
  return tray;
}

export interface Tray {
  readonly files: readonly OutgoingFile[];
  /** Something was chosen that a message cannot take. */
  readonly isFull: boolean;
  add(files: Iterable<File>): Promise<void>;
  remove(file: OutgoingFile): void;
  /** They are sent. */
  clear(sent: readonly OutgoingFile[]): void;
}

export function useTray(conversation: string): Tray {
  const tray = trayOf(conversation);
  const files = useObserved(tray);
  const [isFull, setFull] = useState(false);
  const without = (gone: readonly OutgoingFile[]) => {
    setFull(false);
    tray.set(tray.get().filter((file) => !gone.includes(file)));
  };
  const add = async (chosen: Iterable<File>) => {
    const { prepareFile } = await import('./prepare-file.ts');
    // An empty file is nothing to send, and so is a folder.
    const prepared = (await Promise.all([...chosen].map((file) => prepareFile(file)))).filter(({ size }) => size > 0);
    const all = [...tray.get(), ...prepared];
    setFull(all.length > MAX_MESSAGE_FILES);
    tray.set(all.slice(0, MAX_MESSAGE_FILES));
  };
  return { files, isFull, add, remove: (file) => without([file]), clear: without };
}

/** Calls `add` with what is dropped on the page while `field` is seen: panes that are hidden have one, too. */
export function useDrop(
  field: { readonly current: HTMLElement | null },
  add: (files: Iterable<File>) => Promise<void>,
): void {
  useEffect(() => {
    const done = new AbortController();
    const { signal } = done;
    // Hidden panes stay laid out, so only their own mark tells.
    const isSeen = () => field.current?.closest('[data-shown]') != null;
    const hasFiles = (event: DragEvent) => isSeen() && event.dataTransfer?.types.includes('Files') === true;
    // Without this the browser would leave the page and open the file.
    document.addEventListener('dragover', (event) => hasFiles(event) && event.preventDefault(), { signal });
    document.addEventListener(
      'drop',
      (event) => {
        if (!hasFiles(event)) return;
        event.preventDefault();
        void add(event.dataTransfer?.files ?? []);
      },
      { signal },
    );
    return () => done.abort();
  });
}
