import { createECDH } from 'node:crypto';
import { expect, test } from 'vitest';
import { pushSetup, vapidKey } from './configuration.ts';

const config = { apiKey: 'k', projectId: 'p', messagingSenderId: '1', appId: 'a' };
const serviceAccount = { project_id: 'p', client_email: 'e', private_key: 'k' };
const webPush = { subject: 'mailto:a@example.org', privateKey: Buffer.alloc(32, 7).toString('base64url') };

test('browsers are told what they must use: Firebase where it is complete, else Web Push, else nothing', () => {
  const firebase = { serviceAccount, web: { config, vapidKey: 'BKey' } };
  expect(pushSetup({ firebase, webPush })).toEqual({ transport: 'fcm', firebase: config, vapidKey: 'BKey' });
  expect(pushSetup({ firebase: { serviceAccount, web: undefined }, webPush })).toMatchObject({ transport: 'webpush' });
  expect(pushSetup({ firebase: { serviceAccount, web: undefined } })).toEqual({ transport: 'off' });
  expect(pushSetup({})).toEqual({ transport: 'off' });
});

test('the public key that browsers get belongs to the private one', () => {
  const pair = createECDH('prime256v1');
  pair.setPrivateKey(Buffer.alloc(32, 7));
  const setup = pushSetup({ webPush });
  const point = pair.getPublicKey();
  expect(setup).toEqual({ transport: 'webpush', vapidKey: point.toString('base64url') });
  const { d, x, y } = vapidKey(webPush);
  expect(d).toBe(webPush.privateKey);
  expect(Buffer.concat([Buffer.of(4), ...[x, y].map((each) => Buffer.from(each as string, 'base64url'))])).toEqual(
    point,
  );
});
