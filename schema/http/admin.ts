/** Request and response shapes of what administrators see and do. Times are ms since 1970. Nothing here carries message text. */
import { z } from '@hono/zod-openapi';

export const AdminUser = z
  .object({
    id: z.string(),
    name: z.string(),
    email: z.string(),
    createdAt: z.number(),
    /** Absent: never signed in. */
    lastSeenAt: z.number().optional(),
    /** Where the person is signed in. */
    devices: z.int().min(0),
    isAdmin: z.boolean(),
    /** Since when the account is deactivated. */
    deactivatedAt: z.number().optional(),
  })
  .openapi('AdminUser');
export type AdminUser = z.infer<typeof AdminUser>;

export const AdminUserList = z
  .object({ items: z.array(AdminUser), next: z.string().optional() })
  .openapi('AdminUserList');
export type AdminUserList = z.infer<typeof AdminUserList>;

/** One thing at a time, so that one act is one line of the audit log. */
export const PatchAdminUser = z
  .union([z.strictObject({ isAdmin: z.boolean() }), z.strictObject({ isDeactivated: z.boolean() })])
  .openapi('PatchAdminUser');

/** Shown this once. Whoever has the link may set the password, once and until it expires. */
export const PasswordReset = z
  .object({ token: z.string(), link: z.string(), expiresAt: z.number() })
  .openapi('PasswordReset');
export type PasswordReset = z.infer<typeof PasswordReset>;

/** 0: never; so many days otherwise. */
export const RetentionDays = z.int().min(0).max(36_500);

export const Retention = z.object({ days: RetentionDays }).openapi('Retention');
export type Retention = z.infer<typeof Retention>;

/** null: what holds for the installation. */
export const ConversationRetention = z.object({ days: RetentionDays.nullable() }).openapi('ConversationRetention');
export type ConversationRetention = z.infer<typeof ConversationRetention>;

export const AdminConversation = z
  .object({
    id: z.string(),
    kind: z.enum(['direct', 'group']),
    createdAt: z.number(),
    members: z.int().min(0),
    epochs: z.int().min(1),
    /** Deleted ones included. */
    messages: z.int().min(0),
    /** Snapshots and journal, as stored before compression; not the rows made from them. */
    bytes: z.int().min(0),
    retention: ConversationRetention,
  })
  .openapi('AdminConversation');
export type AdminConversation = z.infer<typeof AdminConversation>;

export const AdminConversationList = z
  .object({ items: z.array(AdminConversation), next: z.string().optional() })
  .openapi('AdminConversationList');
export type AdminConversationList = z.infer<typeof AdminConversationList>;

/** What tables are for: documents and their updates, rows made from them, accounts, push, everything else. */
export const STORAGE_KINDS = ['documents', 'messages', 'accounts', 'push', 'other'] as const;

export const Storage = z
  .object({
    /** The database as a whole. */
    bytes: z.int().min(0),
    /** With indexes; the largest first. `rows` is Postgres's estimate. */
    tables: z.array(
      z.object({
        table: z.string(),
        kind: z.enum(STORAGE_KINDS),
        bytes: z.int().min(0),
        rows: z.int().min(0),
      }),
    ),
    /** By their snapshots. */
    largest: z.array(AdminConversation),
  })
  .openapi('Storage');
export type Storage = z.infer<typeof Storage>;

export const ADMIN_ACTIONS = [
  'account.make-admin',
  'account.unmake-admin',
  'account.deactivate',
  'account.reactivate',
  'account.reset-password',
  'account.delete',
  'account.export',
  'archive.import',
  'retention.set',
] as const;
export type AdminAction = (typeof ADMIN_ACTIONS)[number];

/** An act that was done. People are named as they are called now; who is deleted has only an id. */
export const AuditEntry = z
  .object({
    id: z.int(),
    at: z.number(),
    /** Absent: somebody with a command, or the installation itself. */
    actor: z.object({ id: z.string(), name: z.string().optional() }).optional(),
    via: z.enum(['api', 'command', 'server']),
    /** A network address, or user@machine. */
    origin: z.string(),
    action: z.enum(ADMIN_ACTIONS),
    /** The account, conversation or file; absent: the installation. */
    subject: z.object({ id: z.string(), name: z.string().optional() }).optional(),
    detail: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  })
  .openapi('AuditEntry');
export type AuditEntry = z.infer<typeof AuditEntry>;

export const AuditLog = z.object({ items: z.array(AuditEntry), next: z.string().optional() }).openapi('AuditLog');
export type AuditLog = z.infer<typeof AuditLog>;
