/** Control flow of inspection, and of nothing else: thrown deep inside, caught by `inspect`. */

/** Something that an update builds on is missing. */
export class Gap extends Error {}

/** Nobody honest would have sent this, unless another server knows more. */
export class Hostile extends Error {}
