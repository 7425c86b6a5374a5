/** For tests: in-memory sockets, a clock that is moved by hand and hints that are given by hand. */
import type { Clock } from './clock.ts';
import type { Socket } from './socket-connection.ts';
import type { Wake } from './wake.ts';

/** The client's end of a connection; the test acts as the server. */
export class TestSocket implements Socket {
  binaryType = '';
  onopen: ((event: Event) => void) | null = null;
  onmessage: ((event: MessageEvent) => void) | null = null;
  onclose: ((event: CloseEvent) => void) | null = null;
  onerror: ((event: Event) => void) | null = null;
  /** What the client sent. */
  readonly sent: Uint8Array[] = [];
  isClosedByClient = false;
  hasOpened = false;

  send(bytes: Uint8Array): void {
    this.sent.push(bytes);
  }

  close(): void {
    this.isClosedByClient = true;
  }

  accept(): void {
    this.hasOpened = true;
    this.onopen?.({} as Event);
  }

  deliver(frame: Uint8Array): void {
    this.onmessage?.({ data: frame.slice().buffer } as MessageEvent);
  }

  end(code: number): void {
    this.onclose?.({ code } as CloseEvent);
  }
}

export class TestClock implements Clock {
  #now = 1_000_000;
  readonly #waiting = new Set<{ at: number; work: () => void }>();

  now(): number {
    return this.#now;
  }

  after(delayMs: number, work: () => void): () => void {
    const timer = { at: this.#now + delayMs, work };
    this.#waiting.add(timer);
    return () => this.#waiting.delete(timer);
  }

  /** Lets time pass; what becomes due runs at its moment, in order. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const [next] = [...this.#waiting].filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at);
      if (!next) break;
      this.#waiting.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.work();
    }
    this.#now = end;
  }
}

export class TestWake implements Wake {
  readonly #listeners = new Set<() => void>();
  online = true;
  visible = true;

  isVisible(): boolean {
    return this.visible;
  }

  isOnline(): boolean {
    return this.online;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  hint(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
