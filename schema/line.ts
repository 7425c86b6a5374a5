/** What a name, title or status may consist of: one line with something to be seen in it, that leaves the words around it as they are. */

/** Controls, breaks of line and paragraph, and what turns the direction of words behind it; marks of direction are fine. */
const DISTURBING = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u;

/** What nobody sees, also the empty pattern of Braille; a name of it would be nobody's. */
const UNSEEN = /[\p{Z}\p{C}\p{M}\p{Default_Ignorable_Code_Point}\u2800]/gu;

export const isLine = (words: string): boolean => !DISTURBING.test(words) && words.replace(UNSEEN, '') !== '';
