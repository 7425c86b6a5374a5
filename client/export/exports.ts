/** The files that a person can have of what is theirs, from the server or, when it is away, from this device. */
import { MESSAGES_HEADER } from '../../schema/export/archive-header.ts';
import type { ConversationId, MessageId } from '../../schema/ids.ts';
import type { Environment } from '../account/environment.ts';
import type { ConversationSummary, Export, ExportFormat, Exports } from '../conversation/conversation.ts';
import { type ExportOptions, RunningExport } from './running-export.ts';

export interface ExportsOptions {
  readonly environment: Environment;
  /** Whose copies of the documents are on this device. */
  readonly account: string;
  readonly summaryOf: (id: ConversationId) => ConversationSummary | undefined;
  /** Messages that are in no file made here. */
  readonly hiddenIn: (id: ConversationId) => ReadonlySet<MessageId>;
  readonly isOffline: () => boolean;
  readonly onSessionOver: () => void;
}

/** Days and times in the file are those of this device. */
const query = (format: ExportFormat): URLSearchParams =>
  new URLSearchParams({ format, timeZone: new Intl.DateTimeFormat().resolvedOptions().timeZone });

const loadDeviceFile = async () => (await import('./device-file.ts')).writeDeviceFile;

export class LocalExports implements Exports {
  readonly #options: ExportsOptions;

  constructor(options: ExportsOptions) {
    this.#options = options;
  }

  ofConversation(id: ConversationId, format: ExportFormat, note: string): Export {
    const { summaryOf, hiddenIn, account } = this.#options;
    const summary = summaryOf(id);
    const canWrite = summary && (format === 'html' || format === 'ndjson');
    return this.#run(`/api/conversations/${id}/export?${query(format)}`, {
      name: `${summary?.title ?? 'conversation'}.${format}`,
      onDevice: canWrite
        ? async () => (await loadDeviceFile())({ account, summary, hidden: hiddenIn(id), format, note })
        : undefined,
    });
  }

  ofAccount(): Export {
    const counter = async () => new (await import('./archive-counter.ts')).ArchiveCounter();
    return this.#run('/api/me/export', { name: 'Tidewire.zip', counter, totalHeader: MESSAGES_HEADER });
  }

  #run(path: string, what: Pick<ExportOptions, 'name' | 'counter' | 'totalHeader' | 'onDevice'>): Export {
    const { environment, isOffline, onSessionOver } = this.#options;
    const { origin, fetch, clock } = environment;
    return new RunningExport({
      ...{ ...what, url: origin + path, fetch, clock, onSessionOver },
      isOffline: isOffline(),
    });
  }
}
