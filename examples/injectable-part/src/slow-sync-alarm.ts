// oxlint-disable-next-line import/no-unassigned-import -- it has no exports: decorators need what it adds to Reflect
import 'reflect-metadata';
import { inject, injectable } from 'inversify';
import { CLOCK, type Clock, type LogEvent, type LogObserver } from 'seglog';
import { PAGER, type Pager } from './pager.js';

/**
 * Calls somebody when the medium is slow, and not again within a minute. The container brings the clock of the engine, so
 * a test with a virtual clock needs nothing more, and a pager of ours.
 */
@injectable()
export class SlowSyncAlarm implements LogObserver {
  readonly #clock: Clock;
  readonly #pager: Pager;
  #quietUntilMs = Number.NEGATIVE_INFINITY;

  public constructor(@inject(CLOCK) clock: Clock, @inject(PAGER) pager: Pager) {
    this.#clock = clock;
    this.#pager = pager;
  }

  public observe(event: LogEvent): void {
    if (event.type !== 'synced' || event.durationMs < this.#pager.slowMs) return;
    const nowMs = this.#clock.monotonicMs();
    if (nowMs < this.#quietUntilMs) return;
    this.#quietUntilMs = nowMs + 60_000;
    this.#pager.page(`a sync of ${event.log} took ${Math.ceil(event.durationMs)} ms`);
  }
}
