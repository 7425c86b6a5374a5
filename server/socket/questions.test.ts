import { expect, test } from 'vitest';
import { MAX_ANSWERS_UNDER_WAY, MAX_BACKLOG_BYTES } from './limits.ts';
import { Questions } from './questions.ts';

function setUp() {
  const reader = { backlog: 0, resume: [] as (() => void)[] };
  const questions = new Questions<string>({
    backlogBytes: () => reader.backlog,
    whenDrained: (resume) => reader.resume.push(resume),
  });
  const put: string[] = [];
  const ask = (asker: string, what = asker): void => questions.ask(asker, () => put.push(what));
  return { reader, questions, put, ask };
}

test('questions are put in order, a few at a time', () => {
  const { questions, put, ask } = setUp();
  const askers = Array.from({ length: 3 * MAX_ANSWERS_UNDER_WAY }, (_, index) => `${index}`);
  for (const asker of askers) ask(asker);
  expect(put).toEqual(askers.slice(0, MAX_ANSWERS_UNDER_WAY));
  for (const asker of askers) questions.answered(asker);
  expect(put).toEqual(askers);
  expect(questions.isIdle).toBe(true);
});

test('of one asker only the latest question waits', () => {
  const { questions, put, ask } = setUp();
  for (let i = 0; i < 1_000; i++) ask('a', `a${i}`);
  expect(put).toEqual(['a0']);
  questions.answered('a');
  expect(put).toEqual(['a0', 'a999']);
  questions.answered('a');
  expect(questions.isIdle).toBe(true);
});

test('nothing is put while the reader is behind, and everything once it has caught up', () => {
  const { reader, put, ask, questions } = setUp();
  reader.backlog = MAX_BACKLOG_BYTES + 1;
  ask('a');
  ask('b');
  expect([put, reader.resume.length]).toEqual([[], 1]);
  reader.backlog = 0;
  reader.resume.pop()?.();
  expect(put).toEqual(['a', 'b']);
  reader.backlog = MAX_BACKLOG_BYTES + 1;
  ask('c');
  questions.answered('a');
  expect(put).toEqual(['a', 'b']);
});

test('whoever is gone makes room for the others', () => {
  const { questions, put, ask } = setUp();
  for (let i = 0; i <= MAX_ANSWERS_UNDER_WAY; i++) ask(`${i}`);
  questions.forget('0');
  expect(put).toHaveLength(MAX_ANSWERS_UNDER_WAY + 1);
  ask('late');
  questions.forget('late');
  for (let i = 0; i <= MAX_ANSWERS_UNDER_WAY; i++) questions.answered(`${i}`);
  expect(put).not.toContain('late');
  expect(questions.isIdle).toBe(true);
});
