/** What becomes of pages and browsers in a storm: reloaded, crashed, opened twice. */
import { leaveAll, pick, type WeightedOperation, withTab } from './operation.ts';

export const PAGES: Record<string, WeightedOperation> = {
  reload: [
    1.2,
    (world) =>
      withTab(world, (tab) => {
        const browser = world.browserOf(tab);
        leaveAll(world, [tab]);
        browser.closeTab(tab);
        const next = browser.openTab();
        world.counts.reloads++;
        return `${tab.name} is reloaded as ${next.name}`;
      }),
  ],
  crash: [
    0.7,
    (world) =>
      withTab(world, (tab) => {
        const browser = world.browserOf(tab);
        leaveAll(world, browser.tabs);
        const lost = world.chance.below(Math.min(4, browser.store.length + 1));
        browser.crash(lost);
        world.counts.crashes++;
        browser.openTab();
        return `${browser.name} crashes and loses ${lost} writes`;
      }),
  ],
  dropCopy: [
    0.4,
    async (world) => {
      const browser = pick(
        world,
        world.browsers.filter(({ isGone }) => !isGone),
      );
      // A restore is nothing that happens amid commits: whatever is under way ends first, and all servers know it.
      if (!browser || world.ghosts.length > 0) return undefined;
      const leaving = browser.tabs.map(({ link }) => link);
      leaveAll(world, browser.tabs);
      for (const link of leaving) if (link) world.forget(link);
      for (const server of world.alive) {
        await world.pump(server);
        void server.rooms.catchUp();
        await world.pump(server);
      }
      browser.dropCopy();
      world.counts.droppedCopies++;
      return `${browser.name} is told to drop its copy`;
    },
  ],
  openTab: [
    1.5,
    (world) => {
      const browser = pick(
        world,
        world.browsers.filter(({ tabs }) => tabs.length < 3),
      );
      if (!browser) return undefined;
      world.counts.tabs++;
      return `${browser.openTab().name} is opened`;
    },
  ],
  closeTab: [
    1.5,
    (world) =>
      withTab(world, (tab) => {
        const browser = world.browserOf(tab);
        if (browser.tabs.length < 2) return undefined;
        leaveAll(world, [tab]);
        browser.closeTab(tab);
        return `${tab.name} is closed`;
      }),
  ],
  mergeStore: [
    0.6,
    (world) =>
      withTab(world, (tab) => {
        const browser = world.browserOf(tab);
        browser.mergeStore();
        return `${browser.name} merges its store`;
      }),
  ],
};
