/** An installation with devices to be told, and a transport that remembers what it was given and answers what the test says. */
import type { UserId } from '../../schema/ids.ts';
import { createLog } from '../log.ts';
import { createMetrics } from '../metrics.ts';
import { startInstallation } from '../testing/installation.ts';
import { LocalDevice } from '../testing/local-device.ts';
import { startProjector } from '../workers/projector.ts';
import { createNotifier, type NotifierOptions } from './notifier.ts';
import type { Outcome, Outgoing, PushTransport } from './transport.ts';

export interface RecordingTransport extends PushTransport {
  /** Chunks, as they came. */
  readonly chunks: (readonly Outgoing[])[];
  readonly sent: Outgoing[];
  /** Called before a chunk is answered. */
  before: (() => Promise<void>) | undefined;
  decide: ((message: Outgoing) => Outcome) | undefined;
}

export function recordingTransport(): RecordingTransport {
  const transport: RecordingTransport = {
    chunks: [],
    sent: [],
    before: undefined,
    decide: undefined,
    async send(messages) {
      transport.chunks.push(messages);
      await transport.before?.();
      return messages.map((message) => {
        const outcome = transport.decide?.(message) ?? { is: 'sent' };
        if (outcome.is === 'sent') transport.sent.push(message);
        return outcome;
      });
    },
    async [Symbol.asyncDispose]() {},
  };
  return transport;
}

/** Ana, bo, cy and eve in the conversation `c`, and a notifier that works when it is told to. */
export async function startPush(options: Partial<NotifierOptions> = {}) {
  const t = await startInstallation();
  const { pool, clock } = t;
  const lines: string[] = [];
  const log = createLog({ level: 'debug', destination: { write: (line) => void lines.push(line) } });
  const metrics = createMetrics();
  const projector = startProjector({ pool, log, metrics, clock });
  const transport = recordingTransport();
  const looking = new Set<string>();
  const notifierWith = (more: Partial<NotifierOptions> = {}) =>
    createNotifier({
      ...{ pool, projector, clock, log, metrics: createMetrics(), waitMs: 0, random: () => 0 },
      transports: { fcm: transport, webpush: transport },
      isLooking: (user, conversation) => looking.has(`${user} ${conversation}`),
      ...options,
      ...more,
    });
  const notifier = notifierWith({ metrics });
  let clients = 100;
  return {
    ...{ t, pool, lines, metrics, projector, transport, looking, notifier, notifierWith },
    /** A device that can be told; its token is its name. */
    async register(user: string, token: string, platform = 'web'): Promise<void> {
      await pool.query(
        `insert into sessions (id, "user", token, expires_at) values ($2, $1, $2, now() + interval '1 day')`,
        [user, `session of ${token}`],
      );
      await pool.query('insert into push_targets (id, "user", session, platform, token) values ($1, $2, $3, $4, $1)', [
        token,
        user,
        `session of ${token}`,
        platform,
      ]);
    },
    async post(user: string, text: string, conversation = t.conversation): Promise<string> {
      const posted = await t.rooms.post({ conversation, user: user as UserId, text });
      if (!posted.ok) throw new Error(posted.kind);
      return posted.id;
    },
    async device(user: string, document = t.document): Promise<LocalDevice> {
      const device = new LocalDevice(user, clients++);
      await device.join(t.rooms, document);
      return device;
    },
    told: () => transport.sent.map(({ token, payload }) => `${token}: ${said(payload)}`),
    async [Symbol.asyncDispose]() {
      await notifier[Symbol.asyncDispose]();
      await projector[Symbol.asyncDispose]();
      await t[Symbol.asyncDispose]();
    },
  };
}

const said = (payload: Outgoing['payload']): string =>
  payload.type === 'message' ? payload.body : `withdraw ${payload.messages ?? 'all'}`;

/** Reads everything that stands there. */
export async function readAll(device: LocalDevice): Promise<void> {
  const vector: Record<string, number> = {};
  for (const message of device.messages) {
    if (!('id' in message) || message.from === device.user) continue;
    const [writer = '', clock = ''] = message.id.split('-');
    vector[writer] = Math.max(vector[writer] ?? 0, Number.parseInt(clock, 36));
  }
  device.receipts.set(device.user, { d: vector, r: vector });
  await device.settled();
}
