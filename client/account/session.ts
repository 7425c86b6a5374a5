/**
 * The session of this person: requests in their name, and whether the server still accepts it. It ends when it has expired or was
 * revoked elsewhere; what this device has stays, and goes on when the same person signs in again.
 */
import { Source } from '../conversation/source.ts';
import type { Http, Request } from './http.ts';

export interface SessionOptions {
  readonly http: Http;
  readonly onOver: () => void;
}

export class Session {
  readonly isOver = new Source(false);
  readonly #options: SessionOptions;

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  readonly request: Request = async <Value>(...what: Parameters<Request>) => {
    const answer = await this.#options.http.request<Value>(...what);
    if (!answer.ok && answer.failure.is === 'problem' && answer.failure.status === 401) this.over();
    return answer;
  };

  readonly over = (): void => {
    if (this.isOver.get()) return;
    this.isOver.set(true);
    this.#options.onOver();
  };

  resume(): void {
    this.isOver.set(false);
  }
}
