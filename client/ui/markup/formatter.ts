/**
 * The component that shows formatted texts, with the parser behind it: loaded from the first moment on, beside the app and not in
 * it. Should that fail, texts are shown as they were typed until it has succeeded.
 */
import { insist } from '../parts/lazily.tsx';

type Formatter = typeof import('./FormattedText.tsx').FormattedText;

let present: Formatter | undefined;

const load = async (): Promise<Formatter> => {
  present = (await import('./FormattedText.tsx')).FormattedText;
  return present;
};

export const presentFormatter = (): Formatter | undefined => present;

/** Never rejects: undefined when the first attempt to load it has failed. */
export const settledFormatter: Promise<Formatter | undefined> = load().catch(() => {
  void insist(load);
  return undefined;
});
