/** What push is configured for, read from the texts of settings, and what browsers are told of it. Errors name no values. */
import { createECDH, type JsonWebKey } from 'node:crypto';
import { z } from 'zod';
import { FirebaseWebConfig, type PushSetup } from '../../schema/http/push.ts';

export interface FirebaseConfig {
  readonly serviceAccount: ServiceAccount;
  /** What browsers need besides; without it only apps of phones can be told through Firebase. */
  readonly web: { readonly config: FirebaseWebConfig; readonly vapidKey: string } | undefined;
}

export interface WebPushConfig {
  /** Who runs this server, for the push services: an address beginning with `mailto:` or `https:`. */
  readonly subject: string;
  /** P-256, 32 bytes as base64url: who has it can push to every subscription that was made for it. */
  readonly privateKey: string;
}

export interface PushConfig {
  readonly firebase?: FirebaseConfig | undefined;
  readonly webPush?: WebPushConfig | undefined;
}

export type ServiceAccount = z.infer<typeof ServiceAccount>;
const ServiceAccount = z.object({
  project_id: z.string().min(1),
  client_email: z.string().min(1),
  private_key: z.string().includes('PRIVATE KEY'),
});

/** Undefined when the text is not what Firebase's console gives. */
export const readServiceAccount = (text: string): ServiceAccount | undefined => readJson(ServiceAccount, text);
export const readFirebaseWebConfig = (text: string): FirebaseWebConfig | undefined => readJson(FirebaseWebConfig, text);

export const VAPID_PRIVATE_KEY = /^[\w-]{43}$/;

/** Firebase, where browsers can use it: who configures it wants it. */
export function pushSetup({ firebase, webPush }: PushConfig): PushSetup {
  if (firebase?.web) {
    const { config, vapidKey } = firebase.web;
    return { transport: 'fcm', firebase: config, vapidKey };
  }
  if (webPush) return { transport: 'webpush', vapidKey: publicPoint(webPush.privateKey).toString('base64url') };
  return { transport: 'off' };
}

/** The key pair, as libraries want it. */
export function vapidKey({ privateKey }: WebPushConfig): JsonWebKey {
  const point = publicPoint(privateKey);
  const coordinate = (from: number) => point.subarray(from, from + 32).toString('base64url');
  return { kty: 'EC', crv: 'P-256', d: privateKey, x: coordinate(1), y: coordinate(33) };
}

/** 65 bytes, uncompressed. */
function publicPoint(privateKey: string): Buffer {
  const pair = createECDH('prime256v1');
  pair.setPrivateKey(Buffer.from(privateKey, 'base64url'));
  return pair.getPublicKey();
}

function readJson<Value>(schema: z.ZodType<Value>, text: string): Value | undefined {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    // The caller says which setting it was; what was wrong with it would repeat a secret.
    return undefined;
  }
}
