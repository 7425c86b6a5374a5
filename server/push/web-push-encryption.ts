/**
 * What Web Push asks of a sender: the body encrypted for the device (RFC 8291, `aes128gcm`, the one encoding that all browsers must
 * support) and a signed word on who sends it (VAPID, RFC 8292). Knows no network.
 */
import {
  createCipheriv,
  createECDH,
  createHmac,
  createPrivateKey,
  type JsonWebKey,
  randomBytes,
  sign,
} from 'node:crypto';

export interface SubscriptionKeys {
  /** The device's public key, base64url. */
  readonly p256dh: string;
  readonly auth: string;
}

/** The end of the only record, before its padding. */
const LAST_RECORD = 2;
/** Of a record; bodies of more than 4,096 bytes are refused by push services anyway. */
const RECORD_BYTES = 4_096;

const hmac = (key: Buffer, ...data: (Buffer | string)[]): Buffer => {
  const mac = createHmac('sha256', key);
  for (const each of data) mac.update(each);
  return mac.digest();
};

/** `random` is for the RFC's example: the sender's private key for this message, and the salt. */
export function encryptFor(
  { p256dh, auth }: SubscriptionKeys,
  plain: Buffer,
  random?: { readonly privateKey: Buffer; readonly salt: Buffer },
): Buffer {
  const pair = createECDH('prime256v1');
  if (random) pair.setPrivateKey(random.privateKey);
  else pair.generateKeys();
  const salt = random?.salt ?? randomBytes(16);
  const receiver = Buffer.from(p256dh, 'base64url');
  const sender = pair.getPublicKey();
  const extracted = hmac(Buffer.from(auth, 'base64url'), pair.computeSecret(receiver));
  const secret = hmac(extracted, 'WebPush: info\0', receiver, sender, '\x01');
  const key = hmac(salt, secret);
  const cipher = createCipheriv(
    'aes-128-gcm',
    hmac(key, 'Content-Encoding: aes128gcm\0\x01').subarray(0, 16),
    hmac(key, 'Content-Encoding: nonce\0\x01').subarray(0, 12),
  );
  const size = Buffer.alloc(4);
  size.writeUInt32BE(RECORD_BYTES);
  const header = Buffer.concat([salt, size, Buffer.of(sender.length), sender]);
  return Buffer.concat([
    header,
    cipher.update(plain),
    cipher.update(Buffer.of(LAST_RECORD)),
    cipher.final(),
    cipher.getAuthTag(),
  ]);
}

export interface Vapid {
  readonly key: JsonWebKey;
  readonly subject: string;
}

/** Push services take at most a day. */
const VALID_SECONDS = 12 * 3600;

/** The `Authorization` header for all subscriptions of one push service. */
export function authorization({ key, subject }: Vapid, audience: string, nowMs: number): string {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { aud: audience, exp: Math.floor(nowMs / 1000) + VALID_SECONDS, sub: subject };
  const signed = `${encode({ typ: 'JWT', alg: 'ES256' })}.${encode(claims)}`;
  const signature = sign('sha256', Buffer.from(signed), {
    key: createPrivateKey({ key, format: 'jwk' }),
    dsaEncoding: 'ieee-p1363',
  });
  const point = [Buffer.of(4), Buffer.from(key.x ?? '', 'base64url'), Buffer.from(key.y ?? '', 'base64url')];
  return `vapid t=${signed}.${signature.toString('base64url')}, k=${Buffer.concat(point).toString('base64url')}`;
}
