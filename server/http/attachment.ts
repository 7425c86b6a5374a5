/** The header that makes a browser save an answer as a file. */

/** RFC 6266: the name in any script, and one in ASCII for those that cannot. */
export function attachment(name: string): string {
  const ascii = name.replace(/[^\w .-]/g, '_');
  const encoded = encodeURIComponent(name).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}
