const READY: Promise<void> = Promise.resolve();

/**
 * Calls `step` when what runs now is over, before the event loop turns. Node's own `queueMicrotask` makes a resource for its
 * hooks, which costs as much as a short write. The step must not throw.
 */
export function soon(step: () => void): void {
  void READY.then(step);
}
