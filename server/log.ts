/**
 * The server's log: JSON lines, readable text on a terminal. What could be a secret or a person's words is removed by
 * name, as a net below the rule that callers never log message text, tokens or passwords.
 */
import { type DestinationStream, type Logger, pino } from 'pino';
import { describeFailure } from './describe-failure.ts';

export type Log = Logger;

export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';

const SECRET = [
  'authorization',
  'cookie',
  'password',
  'secret',
  'token',
  'text',
  'body',
  'preview',
  'set-cookie',
  'set-auth-token',
  'databaseUrl',
  'redisUrl',
  'authSecret',
];

/** `destination` replaces standard output, for tests. */
export function createLog({ level, destination }: { level: LogLevel; destination?: DestinationStream }): Log {
  const options = {
    level,
    base: null,
    serializers: { err: describeFailure },
    redact: { paths: SECRET.flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`]), remove: true },
  };
  if (destination) return pino(options, destination);
  if (!process.stdout.isTTY) return pino(options);
  return pino({ ...options, transport: { target: 'pino-pretty', options: { translateTime: 'HH:MM:ss.l' } } });
}
