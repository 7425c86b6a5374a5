/**
 * Many updates travel from Postgres as one concatenated bytea and their lengths, and are cut apart here. It is the cheapest
 * way: node-postgres parses each column of each row by itself.
 */

/** Cuts `bytes` into parts of the given lengths; the parts share its memory. */
export function cut(bytes: Uint8Array | null, lengths: readonly number[]): Uint8Array[] {
  let offset = 0;
  return lengths.map((length) => {
    const start = offset;
    offset += length;
    return (bytes as Uint8Array).subarray(start, offset);
  });
}
