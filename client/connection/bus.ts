/** How tabs of one browser talk: what is used of a BroadcastChannel. */
export interface Bus {
  onmessage: ((event: MessageEvent) => void) | null;
  postMessage(message: unknown): void;
  close(): void;
}
