import type { LogEvent, LogObserver } from '../contract/log-observer.js';

/** Tells several observers, in order. What one of them throws is swallowed here, so that the next one hears of the event. */
export class CombinedObserver implements LogObserver {
  readonly #observers: readonly LogObserver[];

  public constructor(observers: readonly LogObserver[]) {
    this.#observers = [...observers];
  }

  public observe(event: LogEvent): void {
    for (const observer of this.#observers) {
      try {
        observer.observe(event);
      } catch {
        // A watcher must not break what it watches.
      }
    }
  }
}
