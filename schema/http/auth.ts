/** Request and response shapes of accounts and sessions, as better-auth speaks them. Times are ISO 8601. */
import { z } from '@hono/zod-openapi';

export const SignUp = z
  .object({ name: z.string().min(1).max(100), email: z.email().max(254), password: z.string().min(8).max(128) })
  .openapi('SignUp');
export type SignUp = z.infer<typeof SignUp>;

export const SignIn = z
  .object({
    email: z.email(),
    password: z.string(),
    /** false: the session ends with the browser, after a day at the latest. */
    rememberMe: z.boolean().optional(),
  })
  .openapi('SignIn');
export type SignIn = z.infer<typeof SignIn>;

export const AccountUser = z
  .object({
    id: z.string(),
    name: z.string(),
    email: z.string(),
    emailVerified: z.boolean(),
    image: z.null(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .openapi('AccountUser');

/** `token` names the session, for revoking it; what signs requests is the `set-auth-token` header. */
export const SignedUp = z.object({ token: z.string(), user: AccountUser }).openapi('SignedUp');
export const SignedIn = z
  .object({ redirect: z.literal(false), token: z.string(), user: AccountUser })
  .openapi('SignedIn');

export const AccountSession = z
  .object({
    id: z.string(),
    userId: z.string(),
    token: z.string(),
    expiresAt: z.iso.datetime(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
    ipAddress: z.string().nullable(),
    userAgent: z.string().nullable(),
  })
  .openapi('AccountSession');

export const Done = z.object({ success: z.literal(true) }).openapi('Done');
export const Revoked = z.object({ status: z.literal(true) }).openapi('Revoked');
export const RevokeSession = z.object({ token: z.string() }).openapi('RevokeSession');
export const CurrentSession = z
  .object({ session: AccountSession, user: AccountUser })
  .nullable()
  .openapi('CurrentSession');
export const ChangePassword = z
  .object({ currentPassword: z.string(), newPassword: z.string().min(8).max(128) })
  .openapi('ChangePassword');
export const ResetPassword = z
  .object({ token: z.string(), newPassword: z.string().min(8).max(128) })
  .openapi('ResetPassword');
export const PasswordChanged = z.object({ token: z.string().nullable(), user: AccountUser }).openapi('PasswordChanged');
export const UpdateUser = z.object({ name: z.string().min(1).max(100) }).openapi('UpdateUser');
export const JsonWebToken = z.object({ token: z.string() }).openapi('JsonWebToken');
export const JsonWebKeySet = z
  .object({
    keys: z.array(
      z.object({
        kid: z.string(),
        alg: z.literal('EdDSA'),
        kty: z.literal('OKP'),
        crv: z.literal('Ed25519'),
        x: z.string(),
      }),
    ),
  })
  .openapi('JsonWebKeySet');
