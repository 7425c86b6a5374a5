/**
 * `npm run icons`: draws the PNG icons of the web app manifest from `client/public/icons/mark.svg` with Chromium. The files
 * are committed; run this after the mark has changed.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const folder = join(import.meta.dirname, '../client/public/icons');

/** Maskable and Apple icons are cut by the system: colour to the edge, the drawing within the inner 80 %. */
const ICONS = [
  { name: 'icon-192', size: 192, scale: 1, background: 'transparent' },
  { name: 'icon-512', size: 512, scale: 1, background: 'transparent' },
  { name: 'maskable-512', size: 512, scale: 0.86, background: '#0b6e7f' },
  { name: 'apple-touch', size: 180, scale: 0.94, background: '#0b6e7f' },
];

async function main(): Promise<void> {
  const mark = await readFile(join(folder, 'mark.svg'), 'utf8');
  const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  for (const { name, size, scale, background } of ICONS) {
    const page = await browser.newPage({ viewport: { width: size, height: size } });
    const drawn = mark.replace('<svg ', `<svg width="${size * scale}" height="${size * scale}" `);
    await page.setContent(
      `<body style="margin:0;display:grid;place-items:center;height:100vh;background:${background}">${drawn}</body>`,
    );
    await page.screenshot({ path: join(folder, `${name}.png`), omitBackground: true });
    await page.close();
  }
  await browser.close();
}

await main();
