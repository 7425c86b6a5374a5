/**
 * How high a row probably is before it was ever shown. Close enough, neither more rows than the screen holds are made when
 * a conversation opens, nor does the scroll bar jump; every row is measured once it is rendered. Pure.
 */
import { isPicture, type MessageFile } from '../../../schema/document/files.ts';
import { CARD_PX, FILE_GAP_PX, pictureBox } from '../files/picture-box.ts';
import type { TimelineItem } from './timeline-items.ts';

/** What the height of a row depends on besides its text. */
export interface RowMetrics {
  /** px for a line of text in a bubble. */
  readonly textWidth: number;
  readonly fontPx: number;
  /** Names stand in the bubbles. */
  readonly isGroup: boolean;
  /** How large text is, of what is normal. */
  readonly scale: number;
}

/** As the style sheets have it at the normal size of text: text, paddings of rows and bubbles, the widest column and bubble. */
const NARROW = { fontPx: 16, padding: 10 };
const WIDE = { fontPx: 15, padding: 16 };
const COLUMN_PX = 812;
const BUBBLE = { part: 0.78, maxPx: 560, padding: 24, top: 6, bottom: 7 };
const LINE = 1.4;
/** Of the font size, for a character of Latin text on average. */
const CHARACTER = 0.49;
/** Time and ticks at the end of the last line, or below it. */
const META = { width: 80, height: 17 };
const NAME = 20;
/** Its state, its actions and the paddings. */
const UNSENT = 80;
/** With its margins (Quote.module.css). */
const QUOTE = 51;
/** One line of them (Reactions.module.css). */
const PILLS = 32;

/** `width` is that of the list in px, `isNarrow` as in the style sheets. */
export function rowMetrics(width: number, isNarrow: boolean, isGroup: boolean, scale = 1): RowMetrics {
  const { fontPx, padding } = isNarrow ? NARROW : WIDE;
  const row = Math.min(width, COLUMN_PX * scale) - 2 * padding;
  const textWidth = Math.min(row * BUBBLE.part, BUBBLE.maxPx * scale) - BUBBLE.padding;
  return { fontPx: fontPx * scale, isGroup, textWidth, scale };
}

export function estimateHeight(item: TimelineItem, metrics: RowMetrics): number {
  if (item.is === 'day') return 48;
  if (item.is === 'unread') return 44;
  if (item.is === 'failed') return 112;
  if (item.is === 'unsent')
    return filesHeight(item.unsent.files, metrics) + textHeight(item.unsent.text, metrics) + UNSENT;
  const { message, own } = item.row;
  const { scale } = metrics;
  const name = metrics.isGroup && !own && item.first ? NAME * scale : 0;
  const text = textHeight('text' in message ? message.text : '', metrics);
  const quote = item.row.quoted ? QUOTE * scale : 0;
  const files = 'files' in message ? filesHeight(message.files ?? [], metrics) : 0;
  const pills = item.row.reactions ? PILLS * scale : 0;
  return Math.round((item.first ? 10 : 2) + BUBBLE.top + name + quote + files + text + BUBBLE.bottom + pills);
}

/** A picture has its size from the beginning; so the estimate is exact. */
function filesHeight(files: readonly Omit<MessageFile, 'id'>[], { textWidth }: RowMetrics): number {
  let height = 0;
  for (const file of files) {
    const { width, height: side } = file;
    const isShown = isPicture(file) && width !== undefined && side !== undefined;
    height += (isShown ? pictureBox({ width, height: side }, textWidth).height : CARD_PX) + FILE_GAP_PX;
  }
  return height;
}

function textHeight(text: string, { textWidth, fontPx, scale }: RowMetrics): number {
  const characters = Math.max(1, Math.floor(textWidth / (fontPx * CHARACTER)));
  let lines = 0;
  let last = 0;
  for (let from = 0; from <= text.length; from += last + 1) {
    const end = text.indexOf('\n', from);
    last = (end < 0 ? text.length : end) - from;
    lines += Math.max(1, Math.ceil(last / characters));
  }
  const used = last === 0 ? 0 : ((last - 1) % characters) + 1;
  const hasRoom = used * fontPx * CHARACTER + META.width * scale <= textWidth;
  return lines * fontPx * LINE + (hasRoom ? 0 : META.height * scale);
}
