/**
 * Firebase Cloud Messaging through firebase-admin, one HTTP/1.1 request a message over connections that are kept. Not `sendEach`: on
 * HTTP/2 a session that breaks fails the whole batch without saying which messages arrived, and takes no agent, so that
 * nobody could test it. firebase-admin repeats a 503 and a broken connection itself and says nothing of `Retry-After`, which is read
 * where Node tells of responses.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import diagnostics from 'node:diagnostics_channel';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { Agent } from 'node:https';
import { type Credential, cert, deleteApp, initializeApp } from 'firebase-admin/app';
import { getMessaging, type Message } from 'firebase-admin/messaging';
import type { Clock } from '../clock.ts';
import { retryAfterMs } from '../network/retry-after.ts';
import type { ServiceAccount } from './configuration.ts';
import { KEPT_SECONDS, type Outcome, type Outgoing, type PushTransport } from './transport.ts';

/** A chunk is one round trip or two; the handshakes are paid once. */
const MAX_CONNECTIONS = 50;

interface Sending {
  retryAfter: string | undefined;
}

interface FirebaseOptions {
  readonly serviceAccount: ServiceAccount;
  readonly clock: Clock;
  /** Tests lead it to a server of their own. Tokens are fetched without it, so they bring one. */
  readonly agent?: Agent;
  readonly credential?: Credential;
}

export function createFirebaseTransport({
  serviceAccount,
  clock,
  agent: given,
  ...options
}: FirebaseOptions): PushTransport {
  const agent = given ?? new Agent({ keepAlive: true, maxSockets: MAX_CONNECTIONS });
  const { project_id: projectId, client_email: clientEmail, private_key: privateKey } = serviceAccount;
  const credential = options.credential ?? cert({ projectId, clientEmail, privateKey });
  const app = initializeApp({ credential, projectId, httpAgent: agent }, randomUUID());
  const messaging = getMessaging(app);

  const sending = new AsyncLocalStorage<Sending>();
  const requests = new WeakMap<object, Sending>();
  const onStart = (event: unknown): void => {
    const current = sending.getStore();
    if (current) requests.set((event as { request: ClientRequest }).request, current);
  };
  const onResponse = (event: unknown): void => {
    const { request, response } = event as { request: ClientRequest; response: IncomingMessage };
    const current = requests.get(request);
    if (current) current.retryAfter = response.headers['retry-after'];
  };
  diagnostics.subscribe('http.client.request.start', onStart);
  diagnostics.subscribe('http.client.response.finish', onResponse);

  const sendOne = (message: Outgoing): Promise<Outcome> => {
    const current: Sending = { retryAfter: undefined };
    return sending.run(current, async (): Promise<Outcome> => {
      try {
        await messaging.send(messageOf(message));
        return { is: 'sent' };
      } catch (error) {
        return outcomeOf(error, retryAfterMs(current.retryAfter, clock.now()));
      }
    });
  };
  return {
    send: (messages) => Promise.all(messages.map(sendOne)),
    async [Symbol.asyncDispose]() {
      diagnostics.unsubscribe('http.client.request.start', onStart);
      diagnostics.unsubscribe('http.client.response.finish', onResponse);
      await deleteApp(app);
      agent.destroy();
    },
  };
}

function messageOf({ token, payload, topic }: Outgoing): Message {
  const isUrgent = payload.type === 'message';
  return {
    token,
    data: { ...payload },
    android: {
      priority: isUrgent ? 'high' : 'normal',
      ttl: KEPT_SECONDS * 1000,
      ...(topic !== undefined && { collapseKey: topic }),
    },
    apns: {
      // What has no alert of its own may not be sent with a higher priority.
      headers: {
        'apns-push-type': 'background',
        'apns-priority': '5',
        ...(topic !== undefined && { 'apns-collapse-id': topic }),
      },
      payload: { aps: { contentAvailable: true } },
    },
    webpush: {
      headers: {
        TTL: `${KEPT_SECONDS}`,
        Urgency: isUrgent ? 'high' : 'normal',
        ...(topic !== undefined && { Topic: topic }),
      },
    },
  };
}

/** Codes of firebase-admin: https://firebase.google.com/docs/cloud-messaging/error-codes */
const GONE = new Set(['messaging/registration-token-not-registered', 'messaging/invalid-registration-token']);
const HOPELESS = new Set([
  'messaging/invalid-argument',
  'messaging/invalid-payload',
  'messaging/payload-size-limit-exceeded',
  // Of another project: after a mistake in the settings all tokens would be forgotten.
  'messaging/mismatched-credential',
]);

/** The message of an error may repeat what was sent: only its code is told. */
function outcomeOf(error: unknown, afterMs: number | undefined): Outcome {
  const { code: why = 'unknown', message = '' } = error as { code?: string; message?: string };
  if (GONE.has(why)) return { is: 'gone' };
  // The same code is said of a token that cannot be one and of anything else that is wrong.
  if (why === 'messaging/invalid-argument' && message.includes('registration token')) return { is: 'gone' };
  if (HOPELESS.has(why)) return { is: 'failed', why };
  return { is: 'busy', why, afterMs };
}
