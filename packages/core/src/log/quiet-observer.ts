import type { LogObserver } from '../contract/log-observer.js';

/** A watcher must not break what it watches. */
export function quiet(observer: LogObserver): LogObserver {
  return {
    observe: (event) => {
      try {
        observer.observe(event);
      } catch {
        // What an observer throws is its own affair.
      }
    },
  };
}
