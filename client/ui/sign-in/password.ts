/** What can be said of a new password without asking the server. */
export const MIN_PASSWORD = 8;
