/**
 * A small proxy in front of several servers: connections go round, to those whose `/readyz` says so. It relays bytes and knows
 * neither HTTP nor WebSocket, so both pass. It keeps nobody with one server: any server may hold any document.
 */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** How soon a server that hangs gets no new connections; one that is gone refuses them at once. */
const PROBE_EVERY_MS = 1_000;
const PROBE_MS = 2_000;

export interface BalancerOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Ports of the servers, on 127.0.0.1. */
  readonly targets: readonly number[];
}

export class Balancer implements AsyncDisposable {
  readonly #targets: readonly number[];
  readonly #unready = new Set<number>();
  readonly #sockets = new Set<Socket>();
  readonly #end = new AbortController();
  readonly #server: Server;
  #turn = 0;

  private constructor(targets: readonly number[]) {
    this.#targets = targets;
    this.#server = createServer((near) => this.#serve(near));
  }

  /** Takes connections when it resolves. */
  static async listen({ host, port, targets }: BalancerOptions): Promise<Balancer> {
    const balancer = new Balancer(targets);
    balancer.#server.listen(port, host);
    await once(balancer.#server, 'listening');
    for (const target of targets) void balancer.#watch(target);
    return balancer;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async #watch(target: number): Promise<void> {
    const { signal } = this.#end;
    while (!signal.aborted) {
      const isReady = await fetch(`http://127.0.0.1:${target}/readyz`, { signal: AbortSignal.timeout(PROBE_MS) }).then(
        ({ ok }) => ok,
        () => false, // refused, or no answer in time
      );
      if (isReady) this.#unready.delete(target);
      else this.#unready.add(target);
      await sleep(PROBE_EVERY_MS, undefined, { signal }).catch(() => {}); // the end
    }
  }

  #serve(near: Socket): void {
    this.#track(near);
    const turn = this.#turn++;
    const inTurn = this.#targets.map((_, index) => this.#targets[(turn + index) % this.#targets.length] as number);
    // The probe may be a second late: who does not look ready is asked last, not never.
    const candidates = inTurn.sort((a, b) => Number(this.#unready.has(a)) - Number(this.#unready.has(b)));
    this.#relay(near, candidates);
  }

  #relay(near: Socket, [target, ...others]: readonly number[]): void {
    if (target === undefined || near.destroyed) return void near.destroy();
    const far = connect(target, '127.0.0.1');
    this.#track(far);
    const refused = () => this.#relay(near, others);
    far.once('error', refused);
    far.once('connect', () => {
      far.off('error', refused);
      near.pipe(far).pipe(near);
      near.on('close', () => far.destroy());
      far.on('close', () => near.destroy());
    });
  }

  #track(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    // A reset of one side becomes the end of the other.
    socket.on('error', () => socket.destroy());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort();
    const closed = this.#server.listening ? once(this.#server, 'close') : undefined;
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}
