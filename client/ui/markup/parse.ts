/**
 * From a text to what is shown of it. `blocks.ts` parts it into lines, quotes, lists and code; what stands inside a line is
 * read by marked's lexer, narrowed to what a chat wants: no HTML, no images, no escapes that swallow a backslash, emphasis only
 * around whole words, and addresses as `linkify.ts` finds them everywhere. Everything that is not on the list of
 * `markup.ts` stays as it was typed. Never throws.
 */
import { getDefaults, Lexer, type MarkedToken, type Token, Tokenizer, type Tokens } from 'marked';
import { type RawBlock, splitBlocks } from './blocks.ts';
import { addressAt, linkify } from './linkify.ts';
import type { Block, Inline } from './markup.ts';
import { allowedTarget, readMention } from './targets.ts';

/** Each takes some 20 µs to parse; rows come and go while one scrolls. */
const MAX_KEPT = 2_000;
const kept = new Map<string, readonly Block[]>();

/** The same text gives the same object, as long as it is remembered. */
export function parse(text: string): readonly Block[] {
  const known = kept.get(text);
  if (known) return known;
  const blocks = parseAnew(text);
  if (kept.size >= MAX_KEPT) kept.delete(kept.keys().next().value as string);
  kept.set(text, blocks);
  return blocks;
}

function parseAnew(text: string): readonly Block[] {
  try {
    return splitBlocks(text).map(readBlock);
  } catch {
    // So deeply nested that the lexer ran out of stack: people can read it as it was typed.
    return [{ is: 'text', of: [text] }];
  }
}

function readBlock(block: RawBlock): Block {
  switch (block.is) {
    case 'code':
      return block;
    case 'quote':
      return { is: 'quote', of: block.of.map(readBlock) };
    case 'list':
      return { is: 'list', items: block.items.map(({ text, ...item }) => ({ ...item, of: readInline(text) })) };
    case 'text':
      return { is: 'text', of: readParagraphs(block.text) };
  }
}

/** What is emphasized ends with its paragraph. */
const readParagraphs = (text: string): readonly Inline[] =>
  joined(text.split(/(\n(?:[ \t]*\n)+)/).flatMap((part, index) => (index % 2 === 1 ? [part] : readInline(part))));

/**
 * Signs in one paragraph: far more than anybody formats. The lexer looks for the other end of each again and again, and of 4,000 it
 * does so for seconds, in which the app of whoever was sent them would stand still.
 */
const MAX_SIGNS = 120;
const SIGN = /[*_~`]+|[[<]/g;

const readInline = (text: string): readonly Inline[] =>
  (text.match(SIGN)?.length ?? 0) > MAX_SIGNS ? linked(text) : inlines(lexer().inlineTokens(text), 'outside');

const lexer = () => new Lexer({ ...getDefaults(), gfm: true, tokenizer: new ChatTokenizer() });

/** Letters and digits of scripts that part words by spaces; in others, emphasis stands between letters as a matter of course. */
const IN_WORD = /(?![\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{sc=Thai}])[\p{L}\p{N}]/u;

/** What stands before the signs that `source` begins with; `masked` is all of it, in the same places. */
function charBefore(source: string, masked: string): string {
  let index = masked.length - source.length;
  while (index > 0 && masked[index - 1] === source[0]) index--;
  return masked[index - 1] ?? '';
}

class ChatTokenizer extends Tokenizer {
  override emStrong(source: string, masked: string, before?: string): Tokens.Em | Tokens.Strong | undefined {
    if (IN_WORD.test(charBefore(source, masked))) return undefined;
    const found = super.emStrong(source, masked, before);
    return found?.type === 'em' && IN_WORD.test(source[found.raw.length] ?? '') ? undefined : found;
  }

  override del(source: string, masked: string, before?: string): Tokens.Del | undefined {
    return IN_WORD.test(charBefore(source, masked)) ? undefined : super.del(source, masked, before);
  }

  override link(source: string): Tokens.Link | Tokens.Image | undefined {
    const found = super.link(source);
    return found?.type === 'link' && (readMention(found) || allowedTarget(found)) ? found : undefined;
  }

  override url(source: string): Tokens.Link | undefined {
    const { label, href } = addressAt(source) ?? {};
    if (!label || !href) return undefined;
    return { type: 'link', raw: label, text: label, href, autolink: true, tokens: [text(label)] };
  }

  override tag(): undefined {}
  override autolink(): undefined {}
  override br(): undefined {}
}

const text = (raw: string): Tokens.Text => ({ type: 'text', raw, text: raw });

function inlines(tokens: readonly Token[], place: 'outside' | 'in a link'): readonly Inline[] {
  return joined(
    tokens.flatMap((token, index): readonly Inline[] => {
      // Asks for an image, and there are none.
      const isImage = token.type === 'link' && token.raw.startsWith('[') && tokens[index - 1]?.raw.endsWith('!');
      return isImage ? linked(token.raw) : inline(token as MarkedToken, place);
    }),
  );
}

function inline(token: MarkedToken, place: 'outside' | 'in a link'): readonly Inline[] {
  switch (token.type) {
    case 'strong':
      return [{ is: 'bold', of: inlines(token.tokens, place) }];
    case 'em':
      return [{ is: 'italic', of: inlines(token.tokens, place) }];
    case 'del':
      return [{ is: 'strike', of: inlines(token.tokens, place) }];
    case 'codespan':
      return [{ is: 'code', text: token.text }];
    case 'link': {
      const mention = readMention(token);
      if (mention) return [mention];
      const href = token.autolink ? token.href : allowedTarget(token);
      return href ? [{ is: 'link', href, of: inlines(token.tokens, 'in a link') }] : linked(token.raw);
    }
    default:
      // As typed: the lexer's own text has entities resolved and backslashes removed.
      return place === 'in a link' ? [token.raw] : linked(token.raw);
  }
}

const linked = (raw: string): readonly Inline[] =>
  linkify(raw).map((part) =>
    typeof part === 'string' ? part : ({ is: 'link', href: part.href, of: [part.label] } as const),
  );

/** Neighbouring texts are one. */
function joined(parts: readonly Inline[]): readonly Inline[] {
  const result: Inline[] = [];
  for (const part of parts) {
    const last = result.at(-1);
    if (typeof part === 'string' && typeof last === 'string') result[result.length - 1] = last + part;
    else if (part !== '') result.push(part);
  }
  return result;
}
