/**
 * What a text may look like: the whole list. Whatever stands in a message, nothing else is ever made of it, and whatever has
 * no place here is shown as it was typed.
 */
import type { Link } from './linkify.ts';

export type Inline =
  | string
  | { readonly is: 'bold' | 'italic' | 'strike'; readonly of: readonly Inline[] }
  | { readonly is: 'code'; readonly text: string }
  | { readonly is: 'link'; readonly href: Link['href']; readonly of: readonly Inline[] }
  | { readonly is: 'mention'; readonly user: string; readonly label: string };

export type Block =
  /** Line breaks are in the texts. */
  | { readonly is: 'text'; readonly of: readonly Inline[] }
  | { readonly is: 'code'; readonly language: string; readonly text: string }
  | { readonly is: 'quote'; readonly of: readonly Block[] }
  | { readonly is: 'list'; readonly items: readonly ListItem[] };

export interface ListItem {
  /** As typed: a bullet, or a number with what follows it. */
  readonly marker: string;
  /** 0 for the outermost. */
  readonly depth: number;
  readonly of: readonly Inline[];
}

/**
 * Signs that may mean something: two of a kind, a link, two lines of a list, a quote. Most texts have none, and are neither parsed
 * nor do they wait for the parser. Each alternative passes over the text a few times at most.
 */
const BULLET = '[ \\t]*(?:[-*+•]|\\d{1,9}[.)])[ \\t]';
const SIGNS = new RegExp(`([*_~\`])[\\s\\S]*\\1|\\]\\(|^ {0,3}>|^${BULLET}.*\\n${BULLET}`, 'm');

export const mayBeMarkedUp = (text: string): boolean => SIGNS.test(text);
