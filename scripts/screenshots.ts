/**
 * `npm run screenshots`: every scene of the user interface, on a desktop and a phone, light and dark, into the ignored
 * folder `screenshots/`. Arguments name scenes; without any, all are shown.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SIZES, startFixture } from '../client/e2e/scenes/fixture-page.ts';
import { STEPS } from '../client/e2e/scenes/scene-steps.ts';
import { serveScenes } from '../client/e2e/scenes/scenes-server.ts';
import { scenes } from '../client/ui/testing/scenes.ts';
import { misused, takeArguments } from './arguments.ts';

const folder = join(import.meta.dirname, '../screenshots');

/** Everything that moves has come to rest by then; the connection chip waits 1.5 s of its own. */
const SETTLE_MS = 450;

const USAGE = 'Usage: npm run screenshots [-- <scene>…]';
const all = [...Object.keys(scenes), ...Object.keys(STEPS)];
const { positionals: named } = takeArguments(USAGE, { allowPositionals: true });
for (const name of named) if (!all.includes(name)) misused(USAGE, `There is no scene ${name}.`);

async function main(): Promise<void> {
  await using server = await serveScenes();
  const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
  await using fixture = await startFixture({ executablePath, origin: server.origin });
  await mkdir(folder, { recursive: true });
  const names = all.filter((name) => named.length === 0 || named.includes(name));
  const problems: string[] = [];
  for (const name of names) {
    const [scene, act] = STEPS[name] ?? [name, undefined];
    for (const size of Object.keys(SIZES) as (keyof typeof SIZES)[]) {
      for (const theme of ['light', 'dark'] as const) {
        const page = await fixture.open(scene, { size, theme });
        page.on('console', (message) => message.type() === 'error' && problems.push(`${name}: ${message.text()}`));
        page.on('pageerror', (error) => problems.push(`${name}: ${error.message}`));
        try {
          await act?.(page);
        } catch (error) {
          problems.push(`${name} ${size}: ${error instanceof Error ? error.message.split('\n', 1)[0] : error}`);
        }
        await page.waitForTimeout(SETTLE_MS);
        await page.screenshot({ path: join(folder, `${name}.${size}.${theme}.png`) });
        await page.context().close();
      }
    }
  }
  console.log(`${names.length} scenes in ${folder}`);
  for (const problem of new Set(problems)) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
}

await main();
