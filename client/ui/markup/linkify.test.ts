/** Addresses in texts: what becomes a link, what stays text, and what must never become one. */
import { describe, expect, it } from 'vitest';
import { linkify } from './linkify.ts';

const links = (text: string) => linkify(text).flatMap((part) => (typeof part === 'string' ? [] : [part]));
const joined = (text: string) =>
  linkify(text)
    .map((part) => (typeof part === 'string' ? part : part.label))
    .join('');

describe('linkify', () => {
  it.each([
    ['see https://example.org/a?b=c#d now', 'https://example.org/a?b=c#d'],
    ['www.example.org', 'https://www.example.org/'],
    ['http://localhost:3000/x', 'http://localhost:3000/x'],
    ['write to ana@example.org', 'mailto:ana@example.org'],
    ['(https://en.wikipedia.org/wiki/Tide_(disambiguation))', 'https://en.wikipedia.org/wiki/Tide_(disambiguation)'],
    ['Look at https://example.org/path.', 'https://example.org/path'],
    ['“https://example.org/”, she said', 'https://example.org/'],
    ['https://例え.jp/日本', 'https://xn--r8jz45g.jp/%E6%97%A5%E6%9C%AC'],
  ])('finds the address in %j', (text, href) => {
    expect(links(text).map((link) => link.href)).toEqual([href]);
  });

  it.each([
    'javascript:alert(1)',
    'data:text/html,hi',
    'file:///etc/passwd',
    'https://',
    'nothing here',
    'xhttps://example.org',
    'https://intranet',
  ])('leaves %j as text', (text) => {
    expect(links(text)).toEqual([]);
  });

  it('ends an address at a control that reorders text', () => {
    expect(links('https://example.org/\u202egnp.exe').map((link) => link.label)).toEqual(['https://example.org/']);
  });

  it('loses no character, wherever the addresses stand', () => {
    const text = 'a https://a.example/x, b\nwww.b.example! (c@c.example) – end https://d.example/';
    expect(joined(text)).toBe(text);
    expect(links(text)).toHaveLength(4);
  });

  it('takes time in proportion to the text', () => {
    const started = performance.now();
    for (const text of [
      'a'.repeat(8_000),
      'a.'.repeat(4_000),
      '@'.repeat(8_000),
      'https://a'.repeat(800),
      `www.${'('.repeat(7_900)}`,
    ])
      expect(joined(text)).toBe(text);
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});
