/** What an operation of a storm is, and how it finds something to do something to. */
import type { Tab } from './tab.ts';
import type { World } from './world.ts';

/** Answers what it did, for the log of the run; undefined when there was nothing to do it to. */
export type Operation = (world: World) => string | undefined | Promise<string | undefined>;

/** How often it happens, compared with the others. */
export type WeightedOperation = readonly [weight: number, operation: Operation];

export const pick = <Item>(world: World, items: readonly Item[]): Item | undefined =>
  items.length === 0 ? undefined : world.chance.pick(items);

export function withTab(world: World, act: (tab: Tab) => string | undefined): string | undefined {
  const tab = pick(world, world.tabs);
  return tab && act(tab);
}

export const linked = (world: World): Tab[] => world.tabs.filter(({ link }) => link !== undefined);

/** The clients give their channels up; the servers need not notice. */
export function leaveAll(world: World, tabs: readonly Tab[]): void {
  for (const tab of tabs) if (tab.link) world.disconnect(tab);
}
