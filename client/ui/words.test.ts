/** No component holds words of its own: what a person reads or hears comes from the catalogs (`client/language`). */
import ts from 'typescript';
import { expect, it } from 'vitest';

const components = import.meta.glob<string>(['./**/*.tsx', '!./testing/**'], {
  query: '?raw',
  import: 'default',
  eager: true,
});

/** Attributes that are read out or shown, of elements and of our own components. */
const SAID = new Set([
  'aria-label',
  'aria-description',
  'aria-placeholder',
  'aria-roledescription',
  'aria-valuetext',
  'placeholder',
  'title',
  'alt',
  'label',
  'hint',
]);

const hasLetters = (words: string): boolean => /\p{L}/u.test(words);

/** Literals that become part of what an expression yields; what is given to functions, or compared, does not. */
function* yielded(node: ts.Node): Generator<string> {
  if (ts.isStringLiteralLike(node)) yield node.text;
  else if (ts.isTemplateExpression(node)) {
    yield node.head.text;
    for (const { literal, expression } of node.templateSpans) {
      yield literal.text;
      yield* yielded(expression);
    }
  } else if (ts.isConditionalExpression(node)) {
    yield* yielded(node.whenTrue);
    yield* yielded(node.whenFalse);
  } else if (ts.isBinaryExpression(node)) {
    const { kind } = node.operatorToken;
    const passesBoth = [ts.SyntaxKind.PlusToken, ts.SyntaxKind.BarBarToken, ts.SyntaxKind.QuestionQuestionToken];
    if (passesBoth.includes(kind)) yield* yielded(node.left);
    if (passesBoth.includes(kind) || kind === ts.SyntaxKind.AmpersandAmpersandToken) yield* yielded(node.right);
  } else if (ts.isParenthesizedExpression(node) || ts.isJsxExpression(node)) {
    if (node.expression) yield* yielded(node.expression);
  }
}

function wordsIn(file: string, source: string): string[] {
  const found: string[] = [];
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, false, ts.ScriptKind.TSX);
  const note = (words: Iterable<string>) => {
    for (const each of words) if (hasLetters(each)) found.push(`${file}: ${each.trim()}`);
  };
  const visit = (node: ts.Node, parent: ts.Node): void => {
    if (ts.isJsxText(node)) note([node.text]);
    else if (ts.isJsxExpression(node) && !ts.isJsxAttribute(parent)) note(yielded(node));
    else if (ts.isJsxAttribute(node) && node.initializer && SAID.has(node.name.getText(tree))) {
      note(yielded(node.initializer));
    }
    ts.forEachChild(node, (child) => visit(child, node));
  };
  ts.forEachChild(tree, (child) => visit(child, tree));
  return found;
}

// Every component is parsed, which takes its time on a machine that is busy.
it('no words stand between tags or in an attribute that is read', { timeout: 30_000 }, () => {
  expect(Object.keys(components).length).toBeGreaterThan(50);
  expect(Object.entries(components).flatMap(([file, source]) => wordsIn(file, source))).toEqual([]);
});

it.each([
  '<p>Hello {name}</p>',
  "<p>{isOpen ? 'Open' : t('close')}</p>",
  '<p>{`Hello, {name}`}</p>',
  "<p>{isOpen && ('Open')}</p>",
  "<p>{name ?? 'Nobody'}</p>",
  '<button aria-label="Send" />',
  "<input placeholder={'Name'} />",
  '<img alt={`Picture`} />',
  "<Dialog title={isNew ? 'New' : t('edit')} />",
])('it would find %s', (source) => expect(wordsIn('a.tsx', source)).toHaveLength(1));

it.each([
  '<p className="x">·</p>',
  "<p>{t('list.title')}</p>",
  "<p>{is === 'open' && name}</p>",
  "<img alt='' />",
  "<p>{names.map((name) => <b key='x'>{name}</b>)}</p>",
])('it has nothing against %s', (source) => expect(wordsIn('a.tsx', source)).toEqual([]));
