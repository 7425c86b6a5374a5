/**
 * Push services for tests, over TLS on this machine: the send API of FCM v1 with its error bodies and a Web
 * Push service that decrypts as a browser would. The agent leads every name there and trusts its certificate only, so
 * that what is tested is what runs. What each token is answered is the test's to say.
 */
import { execFileSync } from 'node:child_process';
import { createDecipheriv, createECDH, createHmac, createPublicKey, type ECDH, randomBytes, verify } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Agent, createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Credential } from 'firebase-admin/app';
import type { PushPayload } from '../../schema/http/push.ts';
import type { ServiceAccount } from './configuration.ts';

/** How an attempt for a token is answered. `cut`: the connection ends without a word. `sent, then cut`: after it was delivered. */
export type Answer =
  | 'ok'
  | 'UNREGISTERED'
  | 'INVALID_ARGUMENT'
  | 'bad payload'
  | 'QUOTA_EXCEEDED'
  | 'UNAVAILABLE'
  | 'INTERNAL'
  | 'SENDER_ID_MISMATCH'
  | 'cut'
  | 'sent, then cut'
  | 'hangs';

export interface Arrived {
  /** Web Push: the path of the endpoint. */
  readonly token: string;
  readonly payload: PushPayload;
  readonly headers: IncomingMessage['headers'];
  /** Of FCM: everything. */
  readonly message?: Record<string, unknown>;
}

/** firebase-admin fetches tokens without the agent that it was given. */
export const CREDENTIAL: Credential = {
  getAccessToken: async () => ({ access_token: 'access', expires_in: 3600 }),
};

export interface PushService extends AsyncDisposable {
  readonly agent: Agent;
  readonly port: number;
  /** PEM; what the agent trusts. */
  readonly certificate: string;
  readonly serviceAccount: ServiceAccount;
  readonly arrived: Arrived[];
  /** Requests for a send, whatever became of them. */
  readonly attempts: { readonly token: string; readonly at: number }[];
  /** What the next attempts for a token are answered; then `ok`. */
  answer(token: string, ...answers: Answer[]): void;
  /** For all tokens, instead. */
  decide: ((token: string) => Answer) | undefined;
  /** Seconds; of QUOTA_EXCEEDED and UNAVAILABLE. */
  retryAfter: string | undefined;
  /** A subscription of a browser of this service. */
  subscribe(name: string): { readonly endpoint: string; readonly keys: { p256dh: string; auth: string } };
  /** The next arrival that is not yet there. */
  arrival(count: number): Promise<void>;
}

const FCM_ERROR = 'type.googleapis.com/google.firebase.fcm.v1.FcmError';
const fault = (code: number, status: string, message: string, errorCode: string, details: object[] = []) => ({
  error: { code, message, status, details: [{ '@type': FCM_ERROR, errorCode }, ...details] },
});
const invalid = (field: string, message: string) =>
  fault(400, 'INVALID_ARGUMENT', message, 'INVALID_ARGUMENT', [
    { '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations: [{ field, description: message }] },
  ]);

const FAULTS: Readonly<Partial<Record<Answer, ReturnType<typeof fault>>>> = {
  UNREGISTERED: fault(404, 'NOT_FOUND', 'Requested entity was not found.', 'UNREGISTERED'),
  INVALID_ARGUMENT: invalid('message.token', 'The registration token is not a valid FCM registration token'),
  'bad payload': invalid('message.data[0].value', 'Invalid value at message.data[0].value'),
  QUOTA_EXCEEDED: fault(429, 'RESOURCE_EXHAUSTED', 'Quota exceeded for quota metric.', 'QUOTA_EXCEEDED'),
  UNAVAILABLE: fault(503, 'UNAVAILABLE', 'The service is currently unavailable.', 'UNAVAILABLE'),
  INTERNAL: fault(500, 'INTERNAL', 'Internal error encountered.', 'INTERNAL'),
  SENDER_ID_MISMATCH: fault(403, 'PERMISSION_DENIED', 'SenderId mismatch', 'SENDER_ID_MISMATCH'),
};

export async function startPushService(): Promise<PushService> {
  const { key, certificate } = makeCertificate();
  const answers = new Map<string, Answer[]>();
  const browsers = new Map<string, { readonly pair: ECDH; readonly auth: Buffer }>();
  const arrived: Arrived[] = [];
  const attempts: { token: string; at: number }[] = [];
  const waiting: { readonly count: number; readonly resolve: () => void }[] = [];

  const arrive = (one: Arrived): void => {
    arrived.push(one);
    for (const { count, resolve } of waiting) if (arrived.length >= count) resolve();
  };
  const answerFor = (token: string): Answer => answers.get(token)?.shift() ?? service.decide?.(token) ?? 'ok';

  async function onRequest(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const json = (status: number, value: unknown) => {
      const again = [429, 503].includes(status) ? service.retryAfter : undefined;
      response.writeHead(status, {
        'content-type': 'application/json',
        ...(again !== undefined && { 'retry-after': again }),
      });
      response.end(JSON.stringify(value));
    };
    const isFirebase = request.headers.host?.startsWith('fcm.');
    const message = isFirebase
      ? (JSON.parse(body.toString()) as { message: { token: string; data: PushPayload } }).message
      : undefined;
    const token = message?.token ?? request.url ?? '';
    attempts.push({ token, at: Date.now() });
    const answer = answerFor(token);
    const take = () =>
      arrive(
        message
          ? { token, payload: message.data, headers: request.headers, message }
          : { token, payload: decrypt(token, request.headers, body), headers: request.headers },
      );
    switch (answer) {
      case 'ok':
        take();
        if (message) return json(200, { name: `projects/p/messages/${arrived.length}` });
        return void response.writeHead(201).end();
      case 'cut':
        return void request.socket.destroy();
      case 'sent, then cut':
        take();
        return void request.socket.destroy();
      case 'hangs':
        return;
      default: {
        const body = FAULTS[answer];
        return json(body?.error.code ?? 500, body);
      }
    }
  }

  function decrypt(token: string, headers: IncomingMessage['headers'], body: Buffer): PushPayload {
    const browser = browsers.get(token);
    if (!browser) throw new Error('Nobody subscribed here');
    verifyVapid(headers.authorization ?? '');
    const salt = body.subarray(0, 16);
    const sender = body.subarray(21, 21 + (body[20] as number));
    const hmac = (by: Buffer, ...data: (Buffer | string)[]) => {
      const mac = createHmac('sha256', by);
      for (const each of data) mac.update(each);
      return mac.digest();
    };
    const extracted = hmac(browser.auth, browser.pair.computeSecret(sender));
    const secret = hmac(extracted, 'WebPush: info\0', browser.pair.getPublicKey(), sender, '\x01');
    const by = hmac(salt, secret);
    const record = body.subarray(21 + sender.length);
    const decipher = createDecipheriv(
      'aes-128-gcm',
      hmac(by, 'Content-Encoding: aes128gcm\0\x01').subarray(0, 16),
      hmac(by, 'Content-Encoding: nonce\0\x01').subarray(0, 12),
    );
    decipher.setAuthTag(record.subarray(-16));
    const plain = Buffer.concat([decipher.update(record.subarray(0, -16)), decipher.final()]);
    return JSON.parse(plain.subarray(0, plain.lastIndexOf(2)).toString()) as PushPayload;
  }

  const server = createServer({ key, cert: certificate }, (request, response) => {
    onRequest(request, response).catch(() => response.writeHead(400).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const service: PushService = {
    agent: agentFor(port, certificate),
    port,
    certificate,
    serviceAccount: {
      project_id: 'p',
      client_email: 'push@p.iam.gserviceaccount.com',
      private_key: 'PRIVATE KEY',
    },
    arrived,
    attempts,
    answer: (token, ...given) => void answers.set(token, given),
    decide: undefined,
    retryAfter: undefined,
    subscribe(name) {
      const pair = createECDH('prime256v1');
      pair.generateKeys();
      const auth = randomBytes(16);
      browsers.set(`/${name}`, { pair, auth });
      const keys = { p256dh: pair.getPublicKey().toString('base64url'), auth: auth.toString('base64url') };
      return { endpoint: `https://push.example.org/${name}`, keys };
    },
    arrival: (count) =>
      arrived.length >= count
        ? Promise.resolve()
        : new Promise((resolve) => {
            waiting.push({ count, resolve });
          }),
    async [Symbol.asyncDispose]() {
      service.agent.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return service;
}

/** Leads every name to this machine; also for a process that was given port and certificate. */
export const agentFor = (port: number, certificate: string): Agent => {
  const agent = new Agent({
    keepAlive: true,
    maxSockets: 50,
    ca: certificate,
    lookup: (_name, options, callback) =>
      options.all ? callback(null, [{ address: '127.0.0.1', family: 4 }]) : callback(null, '127.0.0.1', 4),
  });
  // The port in the address is the real one's.
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (options, callback) => connect({ ...options, port }, callback);
  return agent;
};

/** As RFC 8292 wants it: ES256, the push service as audience, and an end within a day. */
function verifyVapid(header: string): void {
  const [, token = '', k = ''] = /^vapid t=([^,]+), k=([\w-]+)$/.exec(header) ?? [];
  const [head = '', claims = '', signature = ''] = token.split('.');
  const point = Buffer.from(k, 'base64url');
  const coordinate = (from: number) => point.subarray(from, from + 32).toString('base64url');
  const key = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x: coordinate(1), y: coordinate(33) }, format: 'jwk' });
  const isSigned = verify(
    'sha256',
    Buffer.from(`${head}.${claims}`),
    { key, dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  );
  const { aud, exp, sub } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as {
    aud: string;
    exp: number;
    sub: string;
  };
  const isSound =
    aud === 'https://push.example.org' && sub.startsWith('mailto:') && exp < Date.now() / 1000 + 24 * 3600;
  if (!isSigned || !isSound) throw new Error('Not a word of the sender');
}

function makeCertificate(): { key: string; certificate: string } {
  const folder = mkdtempSync(join(tmpdir(), 'tidewire-push-'));
  const files = { key: join(folder, 'key.pem'), certificate: join(folder, 'certificate.pem') };
  const names = ['fcm.googleapis.com', 'push.example.org'];
  try {
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
        ...['-subj', '/CN=push services of a test', '-keyout', files.key, '-out', files.certificate],
        ...['-addext', `subjectAltName=${names.map((name) => `DNS:${name}`).join(',')}`],
      ],
      { stdio: 'pipe' },
    );
    return { key: readFileSync(files.key, 'utf8'), certificate: readFileSync(files.certificate, 'utf8') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
