import { Hono } from 'hono';
import { expect, test } from 'vitest';
import type { PushSetup } from '../../schema/http/push.ts';
import type { Environment } from './environment.ts';
import { securityHeaders } from './security-headers.ts';

async function connectionsWith(push: PushSetup['transport'], baseUrl: string | undefined): Promise<string> {
  const app = new Hono<Environment>().use(securityHeaders({ baseUrl, push })).get('/', (c) => c.text('hello'));
  const { headers } = await app.request('/', { headers: { host: 'chat.example' } });
  return /connect-src ([^;]*);/.exec(headers.get('content-security-policy') ?? '')?.[1] ?? '';
}

test.each([undefined, 'https://chat.example'])(
  'pages reach Firebase only where the server pushes by it (%s)',
  async (url) => {
    const firebase = ['https://firebaseinstallations.googleapis.com', 'https://fcmregistrations.googleapis.com'];
    expect((await connectionsWith('fcm', url)).split(' ')).toEqual(expect.arrayContaining(firebase));
    for (const push of ['off', 'webpush'] as const) expect(await connectionsWith(push, url)).not.toContain('google');
  },
);
