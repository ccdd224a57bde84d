/** Calls a listener later, so one that throws does not stop the page; the browser reports it. */
export function notify<Value>(
  listener: ((value: Value) => void) | undefined,
  value: Value,
): void {
  if (listener) queueMicrotask(() => listener(value));
}
