/**
 * What of a failure may stand in a log; the log's serializer for every `err`. Postgres repeats the failing row in `detail` and `where`, message text included, so
 * only what names the kind and the place of the failure is taken.
 */
export function describeFailure(error: unknown): {
  message: string;
  code?: string;
  constraint?: string;
  stack?: string;
} {
  if (!(error instanceof Error)) return { message: 'something that is no Error was thrown' };
  const { message, stack, code, constraint } = error as Error & { code?: unknown; constraint?: unknown };
  return {
    message,
    ...(typeof code === 'string' && { code }),
    ...(typeof constraint === 'string' && { constraint }),
    ...(stack !== undefined && { stack }),
  };
}

/** Whether Postgres refused what was to be written, rather than being unreachable or overloaded: classes of SQLSTATE. */
export function isAboutData(error: unknown): boolean {
  const code = (error as { code?: unknown } | undefined)?.code;
  // cardinality, data exception, integrity constraint, program limit
  return typeof code === 'string' && /^(21|22|23|54)[0-9A-Z]{3}$/.test(code);
}
