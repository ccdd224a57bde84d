/** Calls a function of the user's; what it throws, or rejects with if it is asynchronous, goes to `onError`. */
export function guarded(work: () => unknown, onError: (error: unknown) => void): void {
  try {
    const result = work();
    if (result instanceof Promise) result.catch(onError);
  } catch (error) {
    onError(error);
  }
}
