/** Returns a function that has some work done once the current task is over, however often it is called until then. */
export function onceATask(work: () => void): () => void {
  let isDue = false;
  return () => {
    if (isDue) return;
    isDue = true;
    queueMicrotask(() => {
      isDue = false;
      work();
    });
  };
}
