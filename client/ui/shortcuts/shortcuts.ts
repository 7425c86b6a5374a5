/**
 * What keys do, by the place where they do it: what the sheet behind `?` shows. Who handles another key adds it here; a test
 * compares the two.
 */

/** Keys with names of their own, as `KeyboardEvent.key` has them; `Control` is ⌘ on a Mac. */
export const NAMED_KEYS = [
  ...(['Control', 'Shift', 'Enter', 'Escape', 'Tab', 'Space', 'Backspace', 'ContextMenu'] as const),
  ...(['Home', 'End', 'PageUp', 'PageDown'] as const),
] as const;

/** Keys that look the same on every keyboard. */
export const ENGRAVED_KEYS = {
  ...{ ArrowUp: '↑', ArrowDown: '↓', ArrowLeft: '←', ArrowRight: '→' },
  ...{ '?': '?', '+': '+', '-': '−', '0': '0', k: 'K', r: 'R', z: 'Z', F10: 'F10' },
} as const;

export type KeyName = (typeof NAMED_KEYS)[number] | keyof typeof ENGRAVED_KEYS;

/** Each is pressed at once; several are several ways. */
export type Ways = readonly (readonly KeyName[])[];

export const SHORTCUTS = {
  everywhere: {
    search: [['Control', 'k']],
    keys: [['?']],
    close: [['Escape']],
  },
  messages: {
    move: [['ArrowUp'], ['ArrowDown']],
    ends: [['Home'], ['End']],
    menu: [['Enter'], ['Shift', 'F10'], ['ContextMenu']],
    reply: [['r']],
    undo: [['Control', 'z']],
    select: [['Enter'], ['Space']],
    leave: [['Escape']],
  },
  writing: {
    send: [['Enter']],
    newLine: [['Shift', 'Enter']],
    editLast: [['ArrowUp']],
    cancel: [['Escape']],
    suggestions: [['ArrowUp'], ['ArrowDown']],
    take: [['Enter'], ['Tab']],
  },
  finding: {
    found: [['ArrowUp'], ['ArrowDown']],
    choose: [['Enter']],
    takeOut: [['Backspace']],
    emoji: [['ArrowLeft'], ['ArrowRight']],
  },
  pictures: {
    step: [['ArrowLeft'], ['ArrowRight']],
    first: [['Home'], ['End']],
    zoom: [['+'], ['-']],
    whole: [['0']],
    pan: [['ArrowUp'], ['ArrowDown'], ['ArrowLeft'], ['ArrowRight']],
  },
  voice: {
    seek: [['ArrowLeft'], ['ArrowRight']],
    leap: [['PageUp'], ['PageDown']],
    start: [['Home'], ['End']],
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Ways>>>>;
