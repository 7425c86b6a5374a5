/** What becomes of servers, their connections to the database and their workers in a storm, and of people's rights. */
import type { Role } from '../../schema/http/conversations.ts';
import type { UserId } from '../../schema/ids.ts';
import { linked, pick, type WeightedOperation } from './operation.ts';
import { deliverNow } from './operations-network.ts';
import type { SimulatedServer } from './simulated-server.ts';
import { disturbWorkers, runWorkers } from './workers.ts';
import type { World } from './world.ts';

export const MACHINES: Record<string, WeightedOperation> = {
  pump: [
    16,
    async (world) => {
      const server = pick(world, world.alive);
      return server && (await world.pump(server)) ? `${server.name} is served by the database` : undefined;
    },
  ],
  run: [
    10,
    async (world) => {
      const server = pick(
        world,
        world.alive.filter(({ gate }) => gate.waiting.length > 0),
      );
      const query = server && pick(world, server.gate.waiting);
      if (!query) return undefined;
      await server.gate.run(query);
      return `${server.name}: the database runs ${query.name}`;
    },
  ],
  answer: [
    10,
    (world) => {
      const server = pick(
        world,
        world.alive.filter(({ gate }) => gate.answered.length > 0),
      );
      const query = server && pick(world, server.gate.answered);
      if (!query) return undefined;
      server.gate.answer(query);
      return `${server.name}: the answer to ${query.name} arrives`;
    },
  ],
  race: [
    8,
    async (world) => {
      const appends = world.servers.flatMap(({ name, gate }) =>
        gate.waiting.filter((query) => query.name.startsWith('append')).map((query) => ({ name, gate, query })),
      );
      const first = pick(world, appends);
      const second = pick(
        world,
        appends.filter(({ gate }) => gate !== first?.gate),
      );
      if (!first || !second) return undefined;
      await first.gate.race(first.query, second.gate, second.query);
      world.counts.races++;
      return `commits of ${first.name} and ${second.name} race`;
    },
  ],
  loseQuery: [1.5, (world) => lose(world, 'query')],
  loseAnswer: [2, (world) => lose(world, 'answer')],
  crashServer: [
    0.6,
    async (world) => {
      const server = pick(world, world.alive);
      if (!server) return undefined;
      world.counts.serverCrashes++;
      const held = [...server.gate.waiting, ...server.gate.answered].map(({ name }) => name);
      await crashServer(world, server);
      return `${server.name} crashes, under way: ${held.join(', ') || 'nothing'}`;
    },
  ],
  restartServer: [
    0.3,
    async (world) => {
      const server = pick(world, world.alive);
      if (!server) return undefined;
      world.counts.serverRestarts++;
      await restartServer(world, server);
      return `${server.name} is shut down`;
    },
  ],
  startServer: [
    4,
    async (world) => {
      if (world.alive.length > 1) return undefined;
      return `${(await world.startServer()).name} starts`;
    },
  ],
  runGhost: [
    4,
    async (world) => {
      const ghost = pick(world, world.ghosts);
      const query = ghost?.waiting[0];
      if (!ghost || !query) return undefined;
      await ghost.run(query);
      ghost.answer(query);
      if (query.name.startsWith('append')) world.counts.commitsOfTheDead++;
      return `the database runs ${query.name} of a dead server`;
    },
  ],
  forgetGhost: [
    0.7,
    (world) => {
      const ghost = pick(world, world.ghosts);
      const query = ghost?.waiting[0];
      if (!ghost || !query) return undefined;
      ghost.abandon(query);
      return `${query.name} of a dead server never arrives`;
    },
  ],
  catchUp: [
    1.2,
    (world) => {
      const server = pick(world, world.alive);
      if (!server) return undefined;
      world.counts.catchUps++;
      void server.rooms.catchUp();
      return `${server.name} compares heads`;
    },
  ],
  work: [1.5, (world) => runWorkers(world, 'when-due')],
  snapshot: [0.7, (world) => runWorkers(world, 'now')],
  disturbWorkers: [1.5, disturbWorkers],
  changeMember: [1, changeMember],
};

async function crashServer(world: World, server: SimulatedServer): Promise<void> {
  for (const tab of linked(world)) if (tab.link && server.links.has(tab.link)) tab.disconnect();
  for (const { link } of world.halfOpen.filter((each) => each.server === server)) world.forget(link);
  for (const post of world.posts) if (post.pending === server) post.pending = undefined;
  await server.crash();
}

/** Ends a server as a signal does: what it has begun is finished, everybody is sent away. */
async function restartServer(world: World, server: SimulatedServer): Promise<void> {
  let isDown = false;
  const down = server.rooms[Symbol.asyncDispose]().then(() => {
    isDown = true;
  });
  while (!isDown) {
    await world.pump(server);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await down;
  for (const post of world.posts) if (post.pending === server) post.pending = undefined;
  for (const tab of linked(world)) if (tab.link && server.links.has(tab.link)) deliverNow(world, tab, 'down');
  await crashServer(world, server);
}

async function lose(world: World, loss: 'query' | 'answer'): Promise<string | undefined> {
  // A read that fails is repeated by the server after a pause of real time; commits are the ones that matter.
  const server = pick(
    world,
    world.alive.filter(({ gate }) => gate.waiting.some(({ name }) => name.startsWith('append'))),
  );
  const query = server?.gate.waiting.find(({ name }) => name.startsWith('append'));
  if (!server || !query) return undefined;
  await server.gate.lose(query, loss);
  server.gate.answer(query);
  world.counts[loss === 'query' ? 'lostQueries' : 'lostAnswers']++;
  return `${server.name} loses its connection with ${loss === 'query' ? 'a commit' : 'the answer to a commit'}`;
}

async function changeMember(world: World): Promise<string | undefined> {
  if (world.kind === 'direct') return undefined;
  const { chance, members, people } = world;
  const user = chance.pick(people.slice(1)) as UserId;
  const role = chance.pick<Role | null>(
    members.has(user) && members.size > 2 ? ['admin', 'member', null] : ['admin', 'member'],
  );
  if (members.get(user) === role) return undefined;
  await world.setRole(user, role);
  world.counts.membershipChanges++;
  const server = pick(world, world.alive);
  const isNoticed = server !== undefined && chance.happens(0.6);
  if (isNoticed) server.fanOut.publish('membership', { conversation: world.conversation });
  return `${user} becomes ${role ?? 'a stranger'}${isNoticed ? '' : ', and no server is told'}`;
}
