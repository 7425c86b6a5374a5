/** The time zone in which a page is written, as a parameter of the query. */
import { z } from '@hono/zod-openapi';

export const timeZone = z
  .string()
  .max(64)
  .default('UTC')
  .refine(isTimeZone, { message: 'Not an IANA time zone, such as Europe/Berlin' })
  .openapi({ description: 'For the days and times of `html`' });

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    // RangeError: there is no such zone.
    return false;
  }
}
