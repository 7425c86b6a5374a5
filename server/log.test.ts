import { expect, test } from 'vitest';
import { createLog } from './log.ts';

test('secrets and what people wrote are removed, wherever callers put them', () => {
  const lines: string[] = [];
  const log = createLog({ level: 'debug', destination: { write: (line) => lines.push(line) } });
  log.info({ token: 'hunter2', text: 'hunter2', user: 'ana' }, 'one');
  log.info({ request: { headers: { authorization: 'hunter2', cookie: 'hunter2' }, body: 'hunter2' } }, 'two');
  log.child({ password: 'hunter2' }).warn('three');
  expect(lines.map((line) => JSON.parse(line).msg)).toEqual(['one', 'two', 'three']);
  expect(lines.join()).toContain('ana');
  expect(lines.join()).not.toContain('hunter2');
});

test('a database error is logged without the row that failed', () => {
  const lines: string[] = [];
  const log = createLog({ level: 'debug', destination: { write: (line) => lines.push(line) } });
  const error = Object.assign(new Error('violates check constraint'), {
    code: '23514',
    detail: 'Failing row: hunter2',
  });
  log.error({ err: error }, 'one');
  expect(JSON.parse(lines[0] as string).err).toMatchObject({ message: 'violates check constraint', code: '23514' });
  expect(lines.join()).not.toContain('hunter2');
});
