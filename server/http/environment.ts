/** What the HTTP edge is made of and what travels with a request through its middleware. */
import type { HttpBindings } from '@hono/node-server';
import { OpenAPIHono } from '@hono/zod-openapi';
import type { PushSetup } from '../../schema/http/push.ts';
import type { ConversationId, UserId } from '../../schema/ids.ts';
import type { Auth } from '../auth/auth.ts';
import type { Session, Sessions } from '../auth/sessions.ts';
import type { Clock } from '../clock.ts';
import type { Pool } from '../database/pool.ts';
import type { FanOut } from '../fan-out/fan-out.ts';
import type { BlobStore } from '../files/blob-store.ts';
import type { TakenSnapshot } from '../journal/snapshots.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { Poster } from './poster.ts';
import { refuseInvalid } from './problem.ts';

/** The Redis that all servers share. */
export interface LimitStore {
  readonly isUp: boolean;
  /** A client of ioredis. */
  readonly commands: object;
}

export interface HttpDependencies {
  readonly auth: Auth;
  readonly sessions: Sessions;
  readonly pool: Pool;
  readonly rooms: Poster;
  /** Brings the relational rows of a conversation up to what is committed now. */
  readonly projector: {
    project(conversation: ConversationId): Promise<void>;
    projectAllOf(user: UserId): Promise<void>;
  };
  readonly snapshotter: {
    take(conversation: ConversationId, epoch: number): Promise<Pick<TakenSnapshot, 'seq'> | undefined>;
  };
  readonly eraser: {
    /** Somebody left and wants what they wrote to be erased. */
    poke(): void;
  };
  readonly blobs: BlobStore;
  /** How browsers become devices that can be told of messages. */
  readonly pushSetup: PushSetup;
  readonly fanOut: FanOut;
  /** `off`: this server was given no Redis. */
  readonly redisState: () => 'ok' | 'unavailable' | 'off';
  /** Where requests are counted for all servers together. */
  readonly limitStore?: LimitStore | undefined;
  readonly config: {
    /** Of it the tokens of links into groups are made. */
    readonly authSecret: string;
    readonly baseUrl: string | undefined;
    readonly rateLimits: 'on' | 'off';
    readonly webhookPrivateNetworks: 'on' | 'off';
    readonly fileLimits: { readonly maxBytes: number; readonly quotaBytes: number };
  };
  readonly log: Log;
  readonly metrics: Metrics;
  readonly clock: Clock;
  /** Whether this server is ending: what is under way is finished, and nobody new should come. */
  readonly isLeaving: () => boolean;
}

export interface Environment {
  /** What the Node adapter knows of the connection; absent when a test calls the app without a socket. */
  readonly Bindings: Partial<HttpBindings>;
  readonly Variables: {
    requestId: string;
    log: Log;
    /** The client's network address, as far as it can be told. */
    address: string;
    /** Set behind `requireSession`. */
    session: Session;
  };
}

/** An empty set of routes that answers invalid input with a problem document. */
export const createRoutes = (): OpenAPIHono<Environment> =>
  new OpenAPIHono<Environment>({ defaultHook: (result) => refuseInvalid(result) });
