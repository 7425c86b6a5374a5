/** Which words before the cursor ask for suggestions. */
import { expect, it } from 'vitest';
import { closedShortcode, findTrigger } from './trigger.ts';

const at = (text: string) => findTrigger(text, text.length);

it('two letters of a shortcode ask for emoji', () => {
  expect(at('hello :wa')).toEqual({ is: 'emoji', query: 'wa', start: 6 });
  expect(at(':+1')).toEqual({ is: 'emoji', query: '+1', start: 0 });
  expect(at('(:Sm')).toMatchObject({ query: 'Sm' });
});

it.each(['at 12:30', 'a:smile', ':D', ':', ': wave', 'https://example', 'C:\\dir', ':wave\n'])(
  '%j asks for nothing',
  (text) => {
    expect(at(text)).toBeUndefined();
  },
);

it('an @ asks for people, by up to three words of a name', () => {
  expect(at('@')).toEqual({ is: 'mention', query: '', start: 0 });
  expect(at('so (@Ana Be')).toEqual({ is: 'mention', query: 'Ana Be', start: 4 });
  expect(at('@Ana Berg ')).toBeUndefined();
  expect(at('ana@example')).toBeUndefined();
});

it('only what stands before the cursor counts', () => {
  expect(findTrigger(':wave and more', 3)).toEqual({ is: 'emoji', query: 'wa', start: 0 });
});

it('a shortcode is closed by its second colon', () => {
  expect(closedShortcode('so :wave:', 9)).toEqual({ shortcode: 'wave', start: 3 });
  expect(closedShortcode('at 10:30:', 9)).toBeUndefined();
  expect(closedShortcode('so :wave', 8)).toBeUndefined();
});
