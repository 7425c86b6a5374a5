/** What a simulated run did, to tell a storm from a run in which nothing happened. */

const WORK = [
  'messages',
  'edits',
  'deletions',
  'moderations',
  'refusals',
  'failed',
  'receipts',
  'reactions',
  'entries',
  'conflicts',
  'brought',
  'lostEntries',
  'races',
  'gaps',
  'displaced',
  'cuts',
  'lost',
  'reloads',
  'crashes',
  'droppedCopies',
  'tabs',
  'slowReaders',
  'serverCrashes',
  'serverRestarts',
  'commitsOfTheDead',
  'lostQueries',
  'lostAnswers',
  'catchUps',
  'projections',
  'snapshots',
  'commitsAmidWork',
  'workerCrashes',
  'membershipChanges',
  'deniedMembers',
  'posts',
  'retriedPosts',
] as const;

export type Work = (typeof WORK)[number];
export type Counts = Record<Work, number>;

export const noCounts = (): Counts => Object.fromEntries(WORK.map((work) => [work, 0])) as Counts;

export function addCounts(sum: Counts, counts: Counts): void {
  for (const work of WORK) sum[work] += counts[work];
}

/** Kinds of work that were never done. */
export const undone = (counts: Counts): Work[] => WORK.filter((work) => counts[work] === 0);
