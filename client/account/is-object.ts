/** For reading what any client of a person may have written. */
export const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
