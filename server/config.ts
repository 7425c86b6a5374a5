/**
 * The server's settings: the only reader of the environment. Everything has a default, so that `npm start` needs nothing;
 * a value that cannot be meant is refused at once, by name and without printing it.
 */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import {
  type FirebaseConfig,
  type PushConfig,
  readFirebaseWebConfig,
  readServiceAccount,
  VAPID_PRIVATE_KEY,
  type WebPushConfig,
} from './push/configuration.ts';
import { keepSecret } from './secret.ts';

/** In bytes. */
export interface FileLimits {
  readonly maxBytes: number;
  readonly quotaBytes: number;
}

/** A bucket for the bytes of files. */
export interface S3Config {
  readonly bucket: string;
  readonly region: string;
  /** Undefined: AWS. */
  readonly endpoint: string | undefined;
  /** Undefined: those of the machine, as the AWS SDK finds them. */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
}

const MEBIBYTE = 1024 * 1024;

export interface Config {
  /** 0 takes any free port. */
  readonly port: number;
  readonly host: string;
  /** What people type into the browser, without a slash at the end; undefined: derived from the port that was taken. */
  readonly baseUrl: string | undefined;
  /** Undefined: a Postgres of our own in `dataDir`. */
  readonly databaseUrl: string | undefined;
  /** Several nodes of a Cluster are separated by commas. Undefined: this is the only server. */
  readonly redisUrl: string | undefined;
  readonly dataDir: string;
  /** Signs cookies and encrypts keys; whoever has it can be anybody. */
  readonly authSecret: string;
  readonly rateLimits: 'on' | 'off';
  /** Whether webhooks may go to addresses inside a network, and without TLS. */
  readonly webhookPrivateNetworks: 'on' | 'off';
  /** How many snapshots of a document stay, the newest included. */
  readonly snapshotsKept: number;
  /** The largest file that may be sent, and what one account may hold of them. */
  readonly fileLimits: FileLimits;
  /** Undefined: files lie in `dataDir`. */
  readonly s3: S3Config | undefined;
  /** Over what time a server that ends sends its clients away. */
  readonly drainMs: number;
  /** Without either, push is off. */
  readonly push: PushConfig;
  /** npm passes on every signal but SIGKILL: what it started must notice by itself that it is gone. */
  readonly endsWithParent: boolean;
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
}

const url = (protocols: RegExp, example: string) =>
  z.url({ protocol: protocols, error: `must be a URL like ${example}` }).optional();

const S3_NEEDS: readonly (readonly [given: S3Setting, needed: S3Setting])[] = [
  ['S3_ENDPOINT', 'S3_BUCKET'],
  ['S3_REGION', 'S3_BUCKET'],
  ['S3_ACCESS_KEY_ID', 'S3_BUCKET'],
  ['S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY'],
  ['S3_SECRET_ACCESS_KEY', 'S3_ACCESS_KEY_ID'],
];

type S3Setting = 'S3_BUCKET' | 'S3_REGION' | 'S3_ENDPOINT' | 'S3_ACCESS_KEY_ID' | 'S3_SECRET_ACCESS_KEY';

const Environment = z.object({
  PORT: z.coerce.number({ error: 'must be a number from 0 to 65535' }).int().min(0).max(65_535).default(3000),
  // Only this machine, unless somebody decides otherwise: sign-up is open.
  HOST: z.string().default('127.0.0.1'),
  BASE_URL: url(/^https?$/, 'https://chat.example.org').transform((value) => value?.replace(/\/+$/, '')),
  DATABASE_URL: url(/^postgres(ql)?$/, 'postgres://user:password@host:5432/name'),
  REDIS_URL: z
    .string()
    .refine((value) => value.split(',').every((node) => url(/^rediss?$/, '').safeParse(node).success), {
      error: 'must be a URL like redis://host:6379, or several separated by commas',
    })
    .optional(),
  DATA_DIR: z.string().default('./data'),
  AUTH_SECRET: z.string().min(32, 'must have at least 32 characters').optional(),
  RATE_LIMITS: z.enum(['on', 'off'], { error: 'must be on or off' }).default('on'),
  WEBHOOK_PRIVATE_NETWORKS: z.enum(['on', 'off'], { error: 'must be on or off' }).default('off'),
  // A restore point behind the newest, and one more should that be as bad; each may be as large as its document.
  SNAPSHOTS_KEPT: z.coerce.number({ error: 'must be a number from 1 to 100' }).int().min(1).max(100).default(3),
  // A minute of film from a phone.
  FILE_MAX_MB: z.coerce.number({ error: 'must be a number from 1 to 10000' }).int().min(1).max(10_000).default(100),
  // Some thousand pictures; who runs out deletes some, or asks.
  FILE_QUOTA_MB: z.coerce
    .number({ error: 'must be a number from 1 to 1000000' })
    .int()
    .min(1)
    .max(1_000_000)
    .default(5_000),
  S3_BUCKET: z
    .string()
    .regex(
      /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
      'must be the name of a bucket: 3 to 63 small letters, digits, dots, hyphens',
    )
    .optional(),
  S3_ENDPOINT: url(/^https?$/, 'https://s3.example.org'),
  S3_REGION: z
    .string()
    .regex(/^[a-z0-9-]+$/, 'must be a region like eu-central-1')
    .optional(),
  S3_ACCESS_KEY_ID: z.string().optional(),
  S3_SECRET_ACCESS_KEY: z.string().optional(),
  // Ten thousand clients come back as two thousand a second, which is what one server accepts.
  DRAIN_SECONDS: z.coerce.number({ error: 'must be a number from 0 to 600' }).min(0).max(600).default(5),
  FIREBASE_SERVICE_ACCOUNT: z
    .string()
    .transform(textOrFile)
    .transform((text) => readServiceAccount(text))
    .refine((account) => account !== undefined, { error: 'must be the JSON of a service account, or a path to it' })
    .optional(),
  FIREBASE_WEB_CONFIG: z
    .string()
    .transform((text) => readFirebaseWebConfig(text))
    .refine((web) => web !== undefined, { error: 'must be the JSON that the console shows for a web app' })
    .optional(),
  FIREBASE_VAPID_KEY: z.string().min(80, 'must be the public key of the web push certificate').optional(),
  VAPID_SUBJECT: z
    .string()
    .regex(/^(mailto:.+@.+|https:\/\/.+)$/, 'must be an address like mailto:admin@example.org')
    .optional(),
  VAPID_PRIVATE_KEY: z.string().regex(VAPID_PRIVATE_KEY, 'must be 32 bytes as base64url').optional(),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], { error: 'must be a level of pino' })
    .default('info'),
  npm_lifecycle_event: z.string().optional(),
});

function textOrFile(value: string): string {
  if (value.trimStart().startsWith('{')) return value;
  try {
    return readFileSync(value, 'utf8');
  } catch {
    // Said of the setting as a whole.
    return '';
  }
}

/** The variables that are read. */
export const SETTINGS: readonly string[] = Object.keys(Environment.shape).filter((name) => name === name.toUpperCase());

/** Reads the environment. Makes `AUTH_SECRET` in `DATA_DIR` when it is absent. Throws one error that names all faults. */
export function loadConfig(environment: Readonly<Record<string, string | undefined>> = process.env): Config {
  // An empty value means "not set": that is how compose files and shells clear a variable.
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const read = Environment.safeParse(given);
  const faults = read.success ? [] : read.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`);
  for (const [one, other] of S3_NEEDS) if (one in given && !(other in given)) faults.push(`${one} needs ${other}`);
  if (!read.success || faults.length > 0) {
    throw new Error(`The configuration cannot be used: ${faults.join('; ')}.`);
  }
  const { data } = read;
  const dataDir = resolve(data.DATA_DIR);
  return {
    port: data.PORT,
    host: data.HOST,
    baseUrl: data.BASE_URL,
    databaseUrl: data.DATABASE_URL,
    redisUrl: data.REDIS_URL,
    dataDir,
    authSecret: data.AUTH_SECRET ?? keepSecret(join(dataDir, 'auth-secret')),
    rateLimits: data.RATE_LIMITS,
    webhookPrivateNetworks: data.WEBHOOK_PRIVATE_NETWORKS,
    snapshotsKept: data.SNAPSHOTS_KEPT,
    s3: s3Of(data),
    fileLimits: { maxBytes: data.FILE_MAX_MB * MEBIBYTE, quotaBytes: data.FILE_QUOTA_MB * MEBIBYTE },
    drainMs: data.DRAIN_SECONDS * 1_000,
    push: { firebase: firebaseOf(data), webPush: webPushOf(data, dataDir) },
    endsWithParent: ['start', 'cluster'].includes(data.npm_lifecycle_event ?? ''),
    logLevel: data.LOG_LEVEL,
  };
}

function s3Of(data: z.infer<typeof Environment>): S3Config | undefined {
  const { S3_BUCKET: bucket, S3_ACCESS_KEY_ID: accessKeyId, S3_SECRET_ACCESS_KEY: secretAccessKey } = data;
  if (bucket === undefined) return undefined;
  const credentials = accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey } : undefined;
  // Stores that know no regions take this one.
  return { bucket, region: data.S3_REGION ?? 'us-east-1', endpoint: data.S3_ENDPOINT, credentials };
}

function firebaseOf(data: z.infer<typeof Environment>): FirebaseConfig | undefined {
  const { FIREBASE_SERVICE_ACCOUNT: serviceAccount, FIREBASE_WEB_CONFIG: config, FIREBASE_VAPID_KEY: vapidKey } = data;
  return serviceAccount && { serviceAccount, web: config && vapidKey ? { config, vapidKey } : undefined };
}

function webPushOf(data: z.infer<typeof Environment>, dataDir: string): WebPushConfig | undefined {
  const { VAPID_SUBJECT: subject, VAPID_PRIVATE_KEY: privateKey } = data;
  // 32 random bytes are a private key of P-256, but for one in four thousand million.
  return subject === undefined
    ? undefined
    : { subject, privateKey: privateKey ?? keepSecret(join(dataDir, 'vapid-private-key')) };
}
