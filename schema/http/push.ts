/**
 * Request and response shapes of push: the devices of an account that notifications go to, and what a browser needs to become one.
 * Tokens go in and never come out. Times are ms since 1970.
 */
import { z } from '@hono/zod-openapi';

/** `web`, `android` and `ios` have registration tokens of Firebase; the token of `webpush` is a PushSubscription as JSON text. */
export const PLATFORMS = ['web', 'android', 'ios', 'webpush'] as const;

/** Firebase's tokens have some 200 characters; the longest address of a push service with its keys about 1,200. */
export const MAX_DEVICE_TOKEN_CHARACTERS = 2_048;

export const NewDevice = z
  .object({
    token: z.string().min(1).max(MAX_DEVICE_TOKEN_CHARACTERS),
    platform: z.enum(PLATFORMS),
  })
  .openapi('NewDevice');
export type NewDevice = z.infer<typeof NewDevice>;

export const Device = z
  .object({
    id: z.string(),
    platform: z.enum(PLATFORMS),
    createdAt: z.number(),
    /** When its token was last registered. */
    seenAt: z.number(),
  })
  .openapi('Device');
export type Device = z.infer<typeof Device>;

export const DeviceList = z.object({ items: z.array(Device) }).openapi('DeviceList');

/** What Firebase's console shows for a web app; all of it is public. */
export const FirebaseWebConfig = z
  .object({
    apiKey: z.string().min(1),
    authDomain: z.string().min(1).optional(),
    projectId: z.string().min(1),
    messagingSenderId: z.string().min(1),
    appId: z.string().min(1),
  })
  .openapi('FirebaseWebConfig');
export type FirebaseWebConfig = z.infer<typeof FirebaseWebConfig>;

/** How a browser becomes a device. */
export const PushSetup = z
  .discriminatedUnion('transport', [
    z.object({ transport: z.literal('off') }),
    z.object({ transport: z.literal('fcm'), firebase: FirebaseWebConfig, vapidKey: z.string() }),
    /** `vapidKey`: the `applicationServerKey` of `pushManager.subscribe`, base64url. */
    z.object({ transport: z.literal('webpush'), vapidKey: z.string() }),
  ])
  .openapi('PushSetup');
export type PushSetup = z.infer<typeof PushSetup>;

/** A browser's `PushSubscription`, as its `toJSON` has it. */
export const PushSubscriptionText = z.object({
  endpoint: z.url({ protocol: /^https$/ }),
  keys: z.object({
    p256dh: z.string().regex(/^[\w-]{87}=?$/),
    auth: z.string().regex(/^[\w-]{22}={0,2}$/),
  }),
});

/** What arrives at a device, all values text: no notification of its own, the app makes it. */
export type PushPayload =
  | {
      readonly type: 'message';
      readonly conversation: string;
      readonly message: string;
      /** Who wrote it. */
      readonly from: string;
      /** The conversation's name, or the sender's. */
      readonly title: string;
      /** Neutral for those who turned previews off. */
      readonly body: string;
      readonly at: string;
      /** Unread messages in all conversations. */
      readonly badge: string;
    }
  | {
      readonly type: 'withdraw';
      readonly conversation: string;
      readonly badge: string;
      /** Ids with commas between them; absent: all of the conversation. */
      readonly messages?: string;
    };
