/** An installation whose people have webhooks, and a receiver on this machine that verifies, remembers and answers what the test says. */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';
import { WEBHOOK_EVENTS, WebhookBody, type WebhookEvent } from '../../schema/http/webhooks.ts';
import type { ConversationId, UserId } from '../../schema/ids.ts';
import { createLog } from '../log.ts';
import { createMetrics } from '../metrics.ts';
import { startInstallation } from '../testing/installation.ts';
import { LocalDevice } from '../testing/local-device.ts';
import { startProjector } from '../workers/projector.ts';
import { createDeliverer, type DelivererOptions } from './deliverer.ts';
import { generateSecret } from './signed-request.ts';

interface Received {
  readonly id: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly raw: string;
  readonly body: WebhookBody;
}

interface Answered {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

export interface Receiver extends AsyncDisposable {
  readonly url: string;
  readonly received: Received[];
  /** What happened to which text, in the order of arrival. */
  readonly told: string[];
  /** Undefined: a 204. */
  decide: ((received: Received) => Answered | Promise<Answered>) | undefined;
}

export async function startReceiver(): Promise<Receiver> {
  const server = createServer(async (request, response) => {
    const raw = await text(request);
    const received: Received = {
      id: String(request.headers['webhook-id']),
      path: request.url ?? '',
      headers: request.headers,
      raw,
      body: WebhookBody.parse(JSON.parse(raw)),
    };
    receiver.received.push(received);
    const { status, headers = {}, body } = (await receiver.decide?.(received)) ?? { status: 204 };
    response.writeHead(status, headers).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received: [],
    get told() {
      return receiver.received.map(({ body }) => said(body));
    },
    decide: undefined,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return receiver;
}

function said({ type, data }: WebhookBody): string {
  if ('text' in data) return `${type} ${data.text}`;
  return 'user' in data ? `${type} ${data.user}` : type;
}

/** Throws unless the library says that `secret` signed it. */
export const verify = ({ raw, headers }: Received, secret: string): unknown =>
  new Webhook(secret).verify(raw, headers as Record<string, string>);

/** Ana, bo, cy and eve in the conversation `c`, a deliverer that works when it is told to, and one receiver. */
export async function startWebhooks(
  options: Partial<DelivererOptions> = {},
  installation: Parameters<typeof startInstallation>[0] = {},
) {
  const t = await startInstallation(installation);
  const { pool, clock } = t;
  const lines: string[] = [];
  const log = createLog({ level: 'debug', destination: { write: (line) => void lines.push(line) } });
  const metrics = createMetrics();
  const projector = startProjector({ pool, log, metrics, clock });
  const receiver = await startReceiver();
  const delivererWith = (more: Partial<DelivererOptions> = {}) =>
    createDeliverer({
      ...{ pool, projector, clock, log, metrics: createMetrics(), privateNetworks: true, random: () => 0 },
      ...options,
      ...more,
    });
  const deliverer = delivererWith({ metrics });
  let clients = 100;
  let hooks = 0;
  return {
    ...{ t, pool, log, lines, metrics, projector, receiver, deliverer, delivererWith },
    /** Returns its id and secret. */
    async hook(
      user: string,
      {
        events = WEBHOOK_EVENTS,
        conversations = null,
        url = receiver.url,
      }: { events?: readonly WebhookEvent[]; conversations?: readonly string[] | null; url?: string } = {},
    ): Promise<{ id: string; secret: string }> {
      const [id, secret] = [`hook ${hooks++}`, generateSecret()];
      await pool.query(
        'insert into webhooks (id, "user", url, events, conversations, secret) values ($1, $2, $3, $4, $5, $6)',
        [id, user, url, events, conversations, secret],
      );
      return { id, secret };
    },
    async post(user: string, words: string, conversation: ConversationId = t.conversation): Promise<string> {
      const posted = await t.rooms.post({ conversation, user: user as UserId, text: words });
      if (!posted.ok) throw new Error(posted.kind);
      return posted.id;
    },
    async device(user: string, document = t.document, rooms = t.rooms): Promise<LocalDevice> {
      const device = new LocalDevice(user, clients++);
      await device.join(rooms, document);
      return device;
    },
    /** Everything that was committed becomes what is told, and that is told as far as it is due. */
    async work(by = deliverer): Promise<void> {
      const { rows } = await pool.query<{ id: ConversationId }>('select id from conversations');
      await projector.projectEach(rows.map(({ id }) => id));
      await by.work();
    },
    /** As if the time had come at which each is tried again. */
    async due(): Promise<void> {
      await pool.query(`update webhook_deliveries set due_at = now() where status = 'waiting'`);
      await pool.query('update webhooks set due_at = now(), paused_until = null where due_at is not null');
    },
    async rows<Row extends object>(query: string, ...values: unknown[]): Promise<Row[]> {
      return (await pool.query<Row>(query, values)).rows;
    },
    async [Symbol.asyncDispose]() {
      await deliverer[Symbol.asyncDispose]();
      await projector[Symbol.asyncDispose]();
      await receiver[Symbol.asyncDispose]();
      await t[Symbol.asyncDispose]();
    },
  };
}

export type WebhookScene = Awaited<ReturnType<typeof startWebhooks>>;
