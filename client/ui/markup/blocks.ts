/**
 * Parts a text into lines of text, quotes, lists and blocks of code, as people mean them who type in a chat: what a line begins
 * with holds for that line alone, a list has two lines or more, and a block of code that is never closed is none. Markdown
 * would take the line after a quote for a part of it, and a number at the beginning of a sentence for a list. Pure; in linear time.
 */

export type RawBlock =
  | { readonly is: 'text'; readonly text: string }
  | { readonly is: 'code'; readonly language: string; readonly text: string }
  | { readonly is: 'quote'; readonly of: readonly RawBlock[] }
  | { readonly is: 'list'; readonly items: readonly RawItem[] };

export interface RawItem {
  readonly marker: string;
  readonly depth: number;
  readonly text: string;
}

/** Quotes of quotes, and lists in lists; what is deeper is text. */
const MAX_DEPTH = 4;

const FENCE = /^ {0,3}(`{3,}|~{3,})([^`]*)$/;
const LANGUAGE = /^[\w+#.-]{0,20}$/;
const QUOTE = /^ {0,3}> ?/;
const ITEM = /^([ \t]*)([-*+•]|\d{1,9}[.)])[ \t]+(\S.*)$/;

export function splitBlocks(text: string, depth = 0): readonly RawBlock[] {
  const lines = text.split('\n');
  const blocks: RawBlock[] = [];
  let plain: string[] = [];
  const endPlain = (before: 'block' | 'end') => {
    // Blocks keep a distance of their own: no blank lines beside them.
    if (blocks.length > 0) while (plain[0]?.trim() === '') plain.shift();
    if (before === 'block') while (plain.at(-1)?.trim() === '') plain.pop();
    if (plain.length > 0) blocks.push({ is: 'text', text: plain.join('\n') });
    plain = [];
  };
  const begin = (block: RawBlock, next: number): number => {
    endPlain('block');
    blocks.push(block);
    return next;
  };

  for (let index = 0; index < lines.length; ) {
    const line = lines[index] as string;
    const code = readCode(lines, index);
    const items = code ? 0 : countWhile(lines, index, (each) => ITEM.test(each));
    const quoted = code || depth >= MAX_DEPTH ? 0 : countWhile(lines, index, (each) => QUOTE.test(each));
    if (code) index = begin(code.block, code.next);
    else if (items > 1) index = begin(readList(lines.slice(index, index + items)), index + items);
    else if (quoted > 0) {
      const inner = lines.slice(index, index + quoted).map((each) => each.replace(QUOTE, ''));
      index = begin({ is: 'quote', of: splitBlocks(inner.join('\n'), depth + 1) }, index + quoted);
    } else {
      plain.push(line);
      index++;
    }
  }
  endPlain('end');
  return blocks;
}

function countWhile(lines: readonly string[], from: number, is: (line: string) => boolean): number {
  let index = from;
  while (index < lines.length && is(lines[index] as string)) index++;
  return index - from;
}

/** The closing fence may stand at the end of the last line, as it often does in chats. */
function readCode(lines: readonly string[], from: number): { block: RawBlock; next: number } | undefined {
  const [, fence, info = ''] = FENCE.exec(lines[from] as string) ?? [];
  if (!fence) return undefined;
  const close = lines.findIndex((line, index) => index > from && line.trimEnd().endsWith(fence));
  if (close < 0) return undefined;
  const language = info.trim();
  const isLanguage = LANGUAGE.test(language);
  const last = (lines[close] as string).trimEnd().slice(0, -fence.length);
  const text = [
    ...(isLanguage ? [] : [info]),
    ...lines.slice(from + 1, close),
    ...(last.trim() === '' ? [] : [last]),
  ].join('\n');
  return { block: { is: 'code', language: isLanguage ? language : '', text }, next: close + 1 };
}

function readList(lines: readonly string[]): RawBlock {
  const found = lines.map((line) => ITEM.exec(line) as RegExpExecArray);
  const indents = found.map(([, indent = '']) => indent.replaceAll('\t', '    ').length);
  const least = Math.min(...indents);
  return {
    is: 'list',
    items: found.map(([, , marker = '', text = ''], index) => ({
      ...{ marker, text },
      depth: Math.min(MAX_DEPTH, Math.floor(((indents[index] as number) - least) / 2)),
    })),
  };
}
