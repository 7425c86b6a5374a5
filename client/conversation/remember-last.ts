/** A pure function that answers what it answered last when it is asked with the same things again. */
export function rememberLast<Parameters extends readonly unknown[], Result>(
  work: (...parameters: Parameters) => Result,
): (...parameters: Parameters) => Result {
  let last: { readonly parameters: Parameters; readonly result: Result } | undefined;
  return (...parameters) => {
    if (!last || !isSameList(last.parameters, parameters)) last = { parameters, result: work(...parameters) };
    return last.result;
  };
}

export const isSameList = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && a.every((entry, index) => entry === b[index]);
