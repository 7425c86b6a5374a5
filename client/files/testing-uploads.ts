/**
 * For tests: the other end of uploads, in memory, as tus has it: begun, gone on with where it broke off, given up. What goes wrong at
 * each step is the test's to say. And a tab that sends files, which may end at any step.
 */
import { TestTabs } from '../connection/testing-tabs.ts';
import type { ConnectionState } from '../conversation/conversation.ts';
import { Source } from '../conversation/source.ts';
import { fastClock, type TestDevice } from '../conversation/testing-device.ts';
import type { UploadError, UploadFile } from './upload-file.ts';
import { Uploader } from './uploader.ts';

export interface TestUpload {
  readonly id: string;
  readonly name: string;
  readonly size: number;
  readonly conversation: string;
  bytes: Uint8Array;
  isAbandoned: boolean;
}

export type UploadStep = 'begin' | 'go on' | 'send' | 'answer';

/** What the server says, or that nobody hears it. */
export type UploadFault = number | 'cut';

/** So that a file of a few letters takes a few steps. */
const CHUNK_BYTES = 2;

const nextTask = () => new Promise((resolve) => setImmediate(resolve));

export class TestUploads {
  readonly all = new Map<string, TestUpload>();
  /** Asked before each step, and before the answer to bytes that have arrived. */
  fault: (step: UploadStep, upload: TestUpload | undefined) => UploadFault | undefined = () => undefined;

  /** The bytes of uploads that are complete, as text. */
  get complete(): string[] {
    return [...this.all.values()].filter((one) => isComplete(one)).map(({ bytes }) => new TextDecoder().decode(bytes));
  }

  isComplete(id: string): boolean {
    const upload = this.all.get(id);
    return upload !== undefined && isComplete(upload);
  }

  /** What speaks to it in a page; it does nothing more once the page is gone. */
  uploadFile(isGone: () => boolean): UploadFile {
    return ({ blob, name, conversation, url, onUrl, onProgress }) => {
      let stop: (error: UploadError) => void = () => undefined;
      let isStopped = false;
      let upload: TestUpload | undefined;
      const stopped = new Promise<UploadError>((resolve) => {
        stop = (error) => {
          isStopped = true;
          resolve(error);
        };
      });
      /** A page that is gone waits for ever. */
      const check = async (step: UploadStep): Promise<void> => {
        await nextTask();
        const fault = isGone() || isStopped ? undefined : this.fault(step, upload);
        await nextTask();
        if (isGone() || isStopped) await new Promise(() => undefined);
        if (fault !== undefined) throw fault;
      };
      const send = async (): Promise<string | UploadError> => {
        try {
          if (url !== undefined) {
            upload = this.all.get(url);
            await check('go on');
            if (!upload || upload.isAbandoned) throw 404;
          } else {
            await check('begin');
            const id = `${this.all.size + 1}`.padStart(25, '0');
            upload = { id, name, size: blob.size, conversation, bytes: new Uint8Array(), isAbandoned: false };
            this.all.set(id, upload);
            await check('answer');
          }
          const taken = upload as TestUpload;
          onUrl(taken.id);
          while (taken.bytes.length < taken.size) {
            await check('send');
            if (taken.isAbandoned) throw 404;
            const from = taken.bytes.length;
            const chunk = new Uint8Array(await blob.slice(from, from + CHUNK_BYTES).arrayBuffer());
            // Somebody else was faster, as one who takes an upload from a tab that hangs.
            if (taken.bytes.length !== from) throw 409;
            taken.bytes = Uint8Array.from([...taken.bytes, ...chunk]);
            await check('answer');
            onProgress(taken.bytes.length);
          }
          return taken.id;
        } catch (fault) {
          if (typeof fault !== 'number' && fault !== 'cut') throw fault;
          return { status: fault === 'cut' ? undefined : fault };
        }
      };
      const outcome = Promise.race([send(), stopped]);
      return {
        outcome,
        pause: () => stop({ status: undefined }),
        cancel: () => {
          if (upload) upload.isAbandoned = true;
          stop({ status: undefined });
        },
      };
    };
  }
}

const isComplete = (upload: TestUpload): boolean => !upload.isAbandoned && upload.bytes.length === upload.size;

/** A page of `device` that sends its files to `uploads`. Tabs of one browser share `browser`. */
export async function filesTab(
  device: TestDevice,
  {
    uploads,
    browser = new TestTabs(),
    random = Math.random,
  }: { uploads: TestUploads; browser?: TestTabs; random?: () => number },
) {
  const page = browser.open();
  const tab = await device.tab({ random });
  const state = new Source<ConnectionState>({ is: 'offline', since: 0, waiting: 0 });
  let isGone = false;
  let signedOut = 0;
  const uploader = new Uploader({
    ...{ unsent: tab.unsent, connection: state, locks: page.locks, name: device.prefix, clock: fastClock, random },
    load: async () => uploads.uploadFile(() => isGone),
    send: (record) => tab.local.writing.sendUploaded(record),
    onSessionOver: () => {
      signedOut++;
    },
  });
  return {
    ...tab,
    uploader,
    get signedOut() {
      return signedOut;
    },
    online() {
      tab.online();
      state.set({ is: 'connected' });
    },
    offline() {
      tab.offline();
      state.set({ is: 'offline', since: 0, waiting: 0 });
    },
    /** Gone without a word, as a page that the system ends. */
    crash() {
      isGone = true;
      tab[Symbol.dispose]();
      page.crash();
    },
    [Symbol.dispose]() {
      isGone = true;
      uploader[Symbol.dispose]();
      tab[Symbol.dispose]();
    },
  };
}

export type FilesTab = Awaited<ReturnType<typeof filesTab>>;

/** A file whose bytes are these words. */
export const fileOf = (words: string, name = `${words}.txt`) => {
  const blob = new Blob([words]);
  return { blob, name, type: 'text/plain', size: blob.size };
};
