/**
 * Finds messages for a search. Matches are taken newest first in windows of a fixed size and ordered within a window by how
 * recent and how apt they are, so that a page costs the same however much matches. The index is asked for the newest weeks
 * first, then for more: a word that stands everywhere is found in the newest week, a rare one costs a few short statements.
 */
import type { FoundMessage } from '../../schema/http/search.ts';
import { findMatches, makeExcerpt, type Term } from '../../schema/search/query.ts';
import type { Pool } from '../database/pool.ts';
import { toTsquery } from './search-query.ts';

/** Matches that are weighed against each other. Who wants to see more than this of one search adds a word. */
const WINDOW = 200;
/** How many weeks the index is asked for, one after the other; then for all. */
const WEEKS = [2, 16];
const WEEK_MICROS = 604_800e6;
const DAY_MICROS = 86_400e6;

/** When it was committed, in microseconds since 1970, and which message it is. */
export type MatchPosition = readonly [committed: number, conversation: string, id: string];
/** The window's matches lie before the first; shown were those up to the second, score included. */
export type SearchPosition = readonly [before: MatchPosition, shown: readonly [score: number, ...MatchPosition] | null];

export interface Search {
  readonly user: string;
  readonly terms: readonly Term[];
  readonly conversation: string | undefined;
  readonly after: SearchPosition | undefined;
  readonly limit: number;
}

interface Found {
  readonly items: FoundMessage[];
  readonly end: SearchPosition | undefined;
}

type Scored = readonly [score: number, ...MatchPosition];

export async function searchMessages(pool: Pick<Pool, 'query'>, search: Search): Promise<Found> {
  const { after, limit } = search;
  const matches = await findWindow(pool, search);
  const [newest] = matches;
  const oldest = matches.at(-1);
  if (!newest || !oldest) return { items: [], end: undefined };
  // What is committed from now on does not move the window.
  const before: MatchPosition = after?.[0] ?? [newest.committed + 1, '', ''];
  const scored = matches.map((match): Scored => [scoreOf(match, before[0]), ...positionOf(match)]).sort(compare);
  const shown = after?.[1];
  const rest = shown ? scored.filter((match) => compare(match, shown) > 0) : scored;
  const page = rest.slice(0, limit);
  const items = await loadItems(pool, search.terms, page);
  const last = page.at(-1);
  if (last && rest.length > page.length) return { items, end: [before, last] };
  return { items, end: matches.length === WINDOW ? [positionOf(oldest), null] : undefined };
}

interface MatchRow {
  readonly conversation: string;
  readonly id: string;
  readonly committed: number;
  readonly rank: number;
}

const positionOf = ({ committed, conversation, id }: MatchRow): MatchPosition => [committed, conversation, id];

/** A month makes a match half as interesting; what stands in it often, or close together, makes up for weeks. */
const scoreOf = ({ committed, rank }: MatchRow, before: number): number =>
  (1 + 10 * rank) / (30 + (before - committed) / DAY_MICROS);

/** The best first. */
function compare(a: Scored, b: Scored): number {
  const [score, ...position] = a;
  const [otherScore, ...otherPosition] = b;
  if (score !== otherScore) return otherScore - score;
  const index = position.findIndex((part, place) => part !== otherPosition[place]);
  if (index < 0) return 0;
  return (position[index] as string | number) < (otherPosition[index] as string | number) ? 1 : -1;
}

/** The newest matches before the window's beginning, newest first. */
async function findWindow(pool: Pick<Pool, 'query'>, search: Search): Promise<MatchRow[]> {
  const before = search.after?.[0];
  const newestWeek = Math.floor((before ? before[0] : Date.now() * 1_000) / WEEK_MICROS);
  for (const weeks of [...WEEKS, undefined]) {
    const where =
      weeks === undefined ? [] : [Array.from({ length: weeks + 1 }, (_, ago) => `#w${newestWeek + 1 - ago}`)];
    const rows = await findNewest(pool, search, before, where);
    if (rows.length === WINDOW || weeks === undefined) return rows;
  }
  return [];
}

async function findNewest(
  pool: Pick<Pool, 'query'>,
  { user, terms, conversation }: Search,
  before: MatchPosition | undefined,
  where: readonly (readonly string[])[],
): Promise<MatchRow[]> {
  const inConversation = conversation === undefined ? [] : [[`#c${conversation}`]];
  const { rows } = await pool.query<MatchRow>(
    // Without a name, so that it is planned for these words.
    `select m.conversation, m.id, (extract(epoch from m.committed_at) * 1000000)::bigint as committed, ts_rank(search, $3::tsquery) as rank
     from messages m join members own on own.conversation = m.conversation and own."user" = $1
     where search @@ $2::tsquery and (m.committed_at, m.conversation, m.id) < (to_timestamp(0) + $4 * interval '1 microsecond', $5, $6)
       ${conversation === undefined ? '' : 'and m.conversation = $7'}
     order by m.committed_at desc, m.conversation desc, m.id desc limit ${WINDOW}`,
    [
      user,
      toTsquery(terms, [...inConversation, ...where]),
      toTsquery(terms),
      ...(before ?? [Number.MAX_SAFE_INTEGER, '', '']),
      ...(conversation === undefined ? [] : [conversation]),
    ],
  );
  return rows;
}

interface ItemRow {
  readonly conversation: string;
  readonly id: string;
  readonly epoch: number;
  readonly sender: string;
  readonly sent_at: Date;
  readonly body: string;
}

async function loadItems(
  pool: Pick<Pool, 'query'>,
  terms: readonly Term[],
  page: readonly Scored[],
): Promise<FoundMessage[]> {
  const { rows } = await pool.query<ItemRow>({
    name: 'found-messages',
    text: `select m.conversation, m.id, m.epoch, m.sender, m.sent_at, m.body
           from unnest($1::text[], $2::text[]) with ordinality as page (conversation, id, place)
           join messages m using (conversation, id) where m.body is not null order by place`,
    values: [page.map((match) => match[2]), page.map((match) => match[3])],
  });
  return rows.map(({ conversation, id, epoch, sender, sent_at, body }) => ({
    ...{ conversation, id, epoch, from: sender, at: sent_at.getTime() },
    excerpt: makeExcerpt(body, findMatches(body, terms) ?? []),
  }));
}
