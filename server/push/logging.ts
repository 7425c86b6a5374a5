/** The transport of a server that has none: it says in the log, without a word of theirs, that something would have been sent. */
import type { Log } from '../log.ts';
import type { PushTransport } from './transport.ts';

export function createLoggingTransport({ log }: { log: Log }): PushTransport {
  return {
    async send(messages) {
      log.debug({ messages: messages.length }, 'push is off: nothing was sent');
      return messages.map(() => ({ is: 'sent' }) as const);
    },
    async [Symbol.asyncDispose]() {},
  };
}
