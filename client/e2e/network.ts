/**
 * One person's network: a TCP relay between a browser and the server that can be cut and mended. Cutting closes what is open
 * and refuses what is new, as a lost network does; Chromium's own offline switch does not touch open WebSockets.
 */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface Network extends AsyncDisposable {
  /** Where the browser finds the app; stays the same when cut and mended. */
  readonly url: string;
  cut(): Promise<void>;
  mend(): Promise<void>;
  /** What is sent on the WebSockets that are open now does not arrive any more; new ones are not concerned. */
  hold(): void;
}

export async function createNetwork(serverPort: () => number): Promise<Network> {
  const sockets = new Set<Socket>();
  /** Ends at the browser that carry a WebSocket. */
  const upgraded = new Set<Socket>();
  const track = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // A reset is what cutting looks like from the other side.
    socket.on('error', () => socket.destroy());
  };
  const relay = createServer((near) => {
    const far = connect(serverPort(), '127.0.0.1');
    track(near);
    track(far);
    near.once('data', (bytes: Buffer) => bytes.includes('Upgrade: websocket') && upgraded.add(near));
    near.pipe(far).pipe(near);
    near.on('close', () => {
      upgraded.delete(near);
      far.destroy();
    });
    far.on('close', () => near.destroy());
  });
  const listen = async (port: number): Promise<number> => {
    relay.listen(port, '127.0.0.1');
    await once(relay, 'listening');
    return (relay.address() as AddressInfo).port;
  };
  const cut = async (): Promise<void> => {
    if (!relay.listening) return;
    const closed = once(relay, 'close');
    relay.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  const port = await listen(0);
  return {
    url: `http://127.0.0.1:${port}`,
    cut,
    mend: async () => void (await listen(port)),
    hold() {
      for (const near of upgraded) near.unpipe().pause();
    },
    [Symbol.asyncDispose]: cut,
  };
}
