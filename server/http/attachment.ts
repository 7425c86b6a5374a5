/** The header that makes a browser save an answer as a file. */

/** RFC 6266: the name in any script, and one in ASCII for those that cannot. */
export const attachment = (name: string): string => disposition('attachment', name);

/** `inline`: shown where it can be, saved under this name. */
export function disposition(kind: 'attachment' | 'inline', name: string): string {
  const ascii = name.replace(/[^\w .-]/g, '_');
  const encoded = encodeURIComponent(name).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  return `${kind}; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}
