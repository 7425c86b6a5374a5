/** The bytes are no update that an honest client can produce, whatever the document. */
export class MalformedUpdate extends Error {
  override readonly name = 'MalformedUpdate';
}
