/** What becomes of texts as people write them, and that nothing else ever becomes of any text. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Block, Inline } from './markup.ts';
import { mayBeMarkedUp } from './markup.ts';
import { parse } from './parse.ts';

/** The tree as a short text: tags around what they hold. */
const sketchInline = (part: Inline): string => {
  if (typeof part === 'string') return part;
  if (part.is === 'code') return `<code>${part.text}</code>`;
  if (part.is === 'mention') return `<mention ${part.user}>${part.label}</mention>`;
  const inner = part.of.map(sketchInline).join('');
  return part.is === 'link' ? `<a ${part.href}>${inner}</a>` : `<${part.is}>${inner}</${part.is}>`;
};
const sketchBlock = (block: Block): string => {
  switch (block.is) {
    case 'text':
      return block.of.map(sketchInline).join('');
    case 'code':
      return `<pre ${block.language}>${block.text}</pre>`;
    case 'quote':
      return `<quote>${block.of.map(sketchBlock).join('|')}</quote>`;
    case 'list':
      return block.items
        .map(({ marker, depth, of }) => `<item ${depth}${marker}>${of.map(sketchInline).join('')}</item>`)
        .join('');
  }
};
const sketch = (text: string): string => parse(text).map(sketchBlock).join('|');

describe('emphasis', () => {
  it.each([
    ['**bold** and __bold__', '<bold>bold</bold> and <bold>bold</bold>'],
    [
      '*one* _two_ ~three~ ~~four~~',
      '<italic>one</italic> <italic>two</italic> <strike>three</strike> <strike>four</strike>',
    ],
    ['**bold with *italic* inside**', '<bold>bold with <italic>italic</italic> inside</bold>'],
    ['over\n*two\nlines*', 'over\n<italic>two\nlines</italic>'],
    ['(*so*), "**so**"', '(<italic>so</italic>), "<bold>so</bold>"'],
    ['这是**粗体**字', '这是<bold>粗体</bold>字'],
  ])('%j', (text, shown) => {
    expect(sketch(text)).toBe(shown);
  });

  it.each([
    '2*3 and 4*5',
    'snake_case_names and __init__s',
    '5 * 3 * 2',
    '¯\\_(ツ)_/¯',
    '\\*not\\*',
    '*ends\n\nwith its paragraph*',
    '2**3 and 4**5',
    '~5 km, ~6 km',
    '** **',
    'a*b*c',
  ])('%j stays as it is', (text) => {
    expect(sketch(text)).toBe(text);
  });
});

describe('code', () => {
  it.each([
    ['run `npm *test*`', 'run <code>npm *test*</code>'],
    ['```ts\nconst a = 1;\n\n  b();\n```', '<pre ts>const a = 1;\n\n  b();</pre>'],
    ['look:\n```\na\n```\nand', 'look:|<pre >a</pre>|and'],
    ['```\na\nb```', '<pre >a\nb</pre>'],
    ['```let x = 1;\ny```', '<pre >let x = 1;\ny</pre>'],
    ['~~~\na `b`\n~~~', '<pre >a `b`</pre>'],
    ['```\nnever closed', '```\nnever closed'],
  ])('%j', (text, shown) => {
    expect(sketch(text)).toBe(shown);
  });
});

describe('lines', () => {
  it.each([
    ['> a\n> b\nmine', '<quote>a\nb</quote>|mine'],
    ['> a\n>> b', '<quote>a|<quote>b</quote></quote>'],
    ['- a\n- *b*\nafter', '<item 0->a</item><item 0-><italic>b</italic></item>|after'],
    ['1. a\n3. b\n  - c', '<item 01.>a</item><item 03.>b</item><item 1->c</item>'],
    ['before\n\n- a\n- b\n\nafter', 'before|<item 0->a</item><item 0->b</item>|after'],
  ])('%j', (text, shown) => {
    expect(sketch(text)).toBe(shown);
  });

  it.each([
    '1990. What a year',
    '- said nobody',
    '# not a heading\n===\n---',
    'a\n\n\nb\n    indented',
    '| a | b |\n|---|---|\n| c | d |',
    '&amp; &lt; <b>bold</b> <!-- --> <https:>',
  ])('%j stays as it is', (text) => {
    expect(sketch(text)).toBe(text);
  });
});

it('a paragraph of nothing but signs is not searched for pairs, which would take seconds', () => {
  const hostile = `${'*a '.repeat(2_600)}*b*`;
  expect(sketch(hostile)).toBe(hostile);
  expect(sketch(`${hostile}\n\n*b*`)).toBe(`${hostile}\n\n<italic>b</italic>`);
});

describe('links', () => {
  it.each([
    ['[the map](https://example.org/a_b_c)', '<a https://example.org/a_b_c>the map</a>'],
    ['*see https://example.org/_a_b*', '<italic>see <a https://example.org/_a_b>https://example.org/_a_b</a></italic>'],
    ['**ana@example.org**', '<bold><a mailto:ana@example.org>ana@example.org</a></bold>'],
    ['[**bold**](http://example.org)', '<a http://example.org/><bold>bold</bold></a>'],
    ['[example.org](https://www.example.org/x)', '<a https://www.example.org/x>example.org</a>'],
    ['[write](mailto:ana@example.org)', '<a mailto:ana@example.org>write</a>'],
    ['`https://example.org` *a*', '<code>https://example.org</code> <italic>a</italic>'],
    ['[@Ana Berg](user:u-1) *hi*', '<mention u-1>@Ana Berg</mention> <italic>hi</italic>'],
  ])('%j', (text, shown) => {
    expect(sketch(text)).toBe(shown);
  });

  it.each([
    '[a](javascript:alert(1))',
    '[a](data:text/html,x)',
    '[a](//example.org)',
    '[a](/path)',
    '[Ana](user:u-1)',
    '[@Ana](user:u/1)',
    '[a][b]\n\n[b]: https',
  ])('%j is no link', (text) => {
    expect(sketch(text)).toBe(text);
  });

  it('never leads elsewhere than its label says', () => {
    expect(sketch('[bank.example](https://evil.example/bank.example)')).toBe(
      '[bank.example](<a https://evil.example/bank.example>https://evil.example/bank.example</a>)',
    );
    expect(sketch('[https://bank.example](https://evil.example)')).not.toContain('>https://bank.example</a>');
  });

  it('an image is the text that asks for it, with the address to follow', () => {
    expect(sketch('![alt](https://example.org/a.png)')).toBe(
      '![alt](<a https://example.org/a.png>https://example.org/a.png</a>)',
    );
  });
});

const signs = fc.constantFrom(
  ...[
    '*',
    '**',
    '_',
    '__',
    '~',
    '~~',
    '`',
    '```',
    '```js\n',
    '> ',
    '>',
    '- ',
    '1. ',
    '\n',
    '\n\n',
    '  ',
    '\t',
    '\\',
    '[',
    ']',
  ],
  ...[
    '](',
    '(',
    ')',
    '!',
    '<',
    '</',
    '&amp;',
    '#',
    '| ',
    '---',
    '@',
    'https://',
    'javascript:',
    'user:',
    'mailto:',
    'a@b.c',
  ],
  ...[
    '[a](https://x.org)',
    '[a](javascript:x)',
    '[@A](user:u)',
    'www.x.org',
    '<script>',
    'x',
    'Ab 1',
    'é',
    '字',
    '🦭',
    '\u202e',
  ],
);
const anyText = fc.oneof(
  fc.array(signs, { maxLength: 40 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 60 }),
);

const INLINE = ['bold', 'italic', 'strike', 'code', 'link', 'mention'];
const BLOCKS = ['text', 'code', 'quote', 'list'];

/** Everything a person sees, and every address a link leads to. */
function collect(blocks: readonly Block[]): { shown: string; hrefs: string[]; kinds: Set<string> } {
  const all = { shown: '', hrefs: [] as string[], kinds: new Set<string>() };
  const inline = (part: Inline): void => {
    if (typeof part === 'string') {
      all.shown += part;
      return;
    }
    all.kinds.add(`inline ${part.is}`);
    if (part.is === 'link') all.hrefs.push(part.href);
    if (part.is === 'code') all.shown += part.text;
    else if (part.is === 'mention') all.shown += part.label;
    else for (const each of part.of) inline(each);
  };
  const block = (one: Block): void => {
    all.kinds.add(`block ${one.is}`);
    if (one.is === 'code') all.shown += one.language + one.text;
    else if (one.is === 'list')
      for (const { marker, of } of one.items) {
        all.shown += marker;
        for (const each of of) inline(each);
      }
    else if (one.is === 'quote') for (const each of one.of) block(each);
    else for (const each of one.of) inline(each);
  };
  for (const each of blocks) block(each);
  return all;
}

const ALLOWED = new Set([...INLINE.map((is) => `inline ${is}`), ...BLOCKS.map((is) => `block ${is}`)]);

/** Without signs of formatting and spaces: what must be left of a text. */
const visible = (text: string): string => text.replace(/[*_~`>\s-]/g, '');

describe('whatever the text', () => {
  it('nothing but what is on the list becomes of it, and links lead to the web and to mail', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const { hrefs, kinds } = collect(parse(text));
        expect([...kinds].filter((kind) => !ALLOWED.has(kind))).toEqual([]);
        for (const href of hrefs) expect(href).toMatch(/^(?:https?:\/\/|mailto:)/);
      }),
      { numRuns: 1_500 },
    );
  });

  it('no visible character is lost, added or moved', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        // The target of a link with a label is not shown.
        fc.pre(!text.includes(']('));
        expect(visible(collect(parse(text)).shown)).toBe(visible(text));
      }),
      { numRuns: 1_500 },
    );
  });

  it('what is not parsed has no formatting', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        fc.pre(!mayBeMarkedUp(text));
        const { kinds } = collect(parse(text));
        kinds.delete('block text');
        kinds.delete('inline link');
        expect([...kinds]).toEqual([]);
      }),
      { numRuns: 1_500 },
    );
  });
});
