/** Random honest histories for properties: several devices of several people, in any order, in the end all synced. */
import fc from 'fast-check';
import { History } from './testing.ts';

const DEVICES = ['ana', 'bo', 'cy', 'ana/2'];

/** One thing an honest person does; numbers choose among what there is. */
const step = fc.record({
  who: fc.nat(DEVICES.length - 1),
  what: fc.constantFrom('write', 'write', 'write', 'edit', 'delete', 'read', 'sync', 'sync', 'sync'),
  which: fc.nat(1000),
});

/** What to `play`. Texts are `text <n>` or `edited <n>`, and never the same twice. */
export const plays = fc.array(step, { minLength: 20, maxLength: 60, size: 'max' });

export function play(steps: readonly { who: number; what: string; which: number }[]): History {
  const history = new History();
  steps.forEach(({ who, what, which }, n) => {
    const name = DEVICES[who] as string;
    const own = history.messages(name).filter(({ from }) => from === name.split('/')[0]);
    const target = own[which % (own.length || 1)];
    if (what === 'write') history.write(name, `text ${n};`);
    else if (what === 'edit' && target) history.edit(name, target.id, `edited ${n};`);
    else if (what === 'delete' && target) history.delete(name, target.id);
    else if (what === 'read') history.read(name);
    else if (what === 'sync') history.sync(name);
  });
  for (const name of DEVICES) history.sync(name);
  return history;
}
