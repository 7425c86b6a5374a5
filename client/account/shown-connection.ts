/** The connection as screens show it, and what follows for conversations when a network comes or goes. */
import type { Connection } from '../connection/connection.ts';
import type { Wake } from '../connection/wake.ts';
import type { ConnectionState } from '../conversation/conversation.ts';
import { Source } from '../conversation/source.ts';
import { connectionState, isSameConnection } from './connection-state.ts';
import type { ConversationList } from './conversation-list.ts';
import type { OpenConversations } from './open-conversations.ts';
import type { OwnDevice } from './own-device.ts';

export interface ShownConnectionOptions {
  readonly link: Pick<Connection, 'state'>;
  readonly wake: Pick<Wake, 'isOnline'>;
  readonly device: Pick<OwnDevice, 'outbox' | 'waitingForFiles'>;
  readonly list: Pick<ConversationList, 'settle'>;
  readonly open: Pick<OpenConversations, 'unsynced' | 'refresh'>;
}

export class ShownConnection {
  readonly state: Source<ConnectionState>;
  readonly #options: ShownConnectionOptions;

  constructor(options: ShownConnectionOptions) {
    this.#options = options;
    this.state = new Source(this.#present());
  }

  isOffline(): boolean {
    return this.state.get().is === 'offline';
  }

  /** Something that it is made of may have changed. */
  changed(): void {
    const before = this.state.get();
    const state = this.#present();
    if (isSameConnection(before, state)) return;
    this.state.set(state);
    // A list or a conversation of which nothing is here turns from "loading" into "nothing".
    if ((state.is === 'offline') === (before.is === 'offline')) return;
    if (state.is === 'offline') this.#options.list.settle();
    this.#options.open.refresh();
  }

  #present(): ConnectionState {
    const { link, wake, device, open } = this.#options;
    const { records } = device.outbox.contents.get();
    // While files go they show it themselves.
    const files = link.state.is === 'open' ? 0 : device.waitingForFiles();
    return connectionState({
      ...{ link: link.state, isOnline: wake.isOnline() },
      ...{ waiting: records.length + files, unsynced: open.unsynced },
    });
  }
}
