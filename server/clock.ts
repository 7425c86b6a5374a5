/** The server's only source of the time of day, so that tests can pass in another. Timers are not its business. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };
