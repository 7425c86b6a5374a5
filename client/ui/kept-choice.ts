/** What a person chose on this device, in localStorage: what is usual is not stored, so that it can change with the app. */

export function readChoice<Value extends string>(key: string, values: readonly Value[], usual: Value): Value {
  try {
    const stored = localStorage.getItem(key);
    return values.find((each) => each === stored) ?? usual;
  } catch {
    // Storage may be forbidden; what is usual is right then.
    return usual;
  }
}

export function keepChoice<Value extends string>(key: string, value: Value, usual: Value): void {
  try {
    if (value === usual) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    // The choice then lasts until the page is closed.
  }
}
