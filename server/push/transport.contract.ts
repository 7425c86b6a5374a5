/** What every transport promises, whatever its vendor. `open` makes one with a service that it sends to. */
import { describe, expect, test } from 'vitest';
import type { PushPayload } from '../../schema/http/push.ts';
import type { PushService } from './testing-push-service.ts';
import { type Outgoing, type PushTransport, topicOf } from './transport.ts';

interface Scene extends AsyncDisposable {
  readonly transport: PushTransport;
  /** Undefined: it sends to nobody. */
  readonly service: PushService | undefined;
  tokenFor(name: string): string;
}

const message = (index: number): PushPayload => ({
  ...{ type: 'message', conversation: 'c', message: `1-${index}`, from: 'ana', title: 'Ana', at: '1', badge: '1' },
  body: `grüße ${index}`,
});

export function describeTransport(name: string, open: () => Promise<Scene>): void {
  describe(`the ${name} transport`, () => {
    const outgoing = (scene: Scene, index: number): Outgoing => ({
      token: scene.tokenFor(`device${index}`),
      platform: 'web',
      payload: message(index),
      topic: topicOf('c'),
    });

    test('sends a whole chunk, each message once and to its device', async () => {
      await using scene = await open();
      const chunk = Array.from({ length: 100 }, (_, index) => outgoing(scene, index));
      expect(await scene.transport.send(chunk)).toEqual(chunk.map(() => ({ is: 'sent' })));
      if (!scene.service) return;
      const bodies = scene.service.arrived.map(({ payload }) => payload.type === 'message' && payload.body);
      expect(bodies.sort()).toEqual(chunk.map(({ payload }) => payload.type === 'message' && payload.body).sort());
    });

    test('sends withdrawals, and nothing when there is nothing', async () => {
      await using scene = await open();
      expect(await scene.transport.send([])).toEqual([]);
      const payload: PushPayload = { type: 'withdraw', conversation: 'c', badge: '0', messages: '1-1,1-2' };
      expect(await scene.transport.send([{ ...outgoing(scene, 1), payload, topic: undefined }])).toEqual([
        { is: 'sent' },
      ]);
      expect(scene.service?.arrived.map(({ payload }) => payload) ?? [payload]).toEqual([payload]);
    });
  });
}
