import { type Channel, channel } from 'node:diagnostics_channel';
import type { LogEvent, LogObserver } from '../contract/log-observer.js';

/** Every event goes to the channel `seglog`, and to `seglog.<type>` for those who want one kind alone. */
export const DIAGNOSTICS_CHANNEL = 'seglog';

/**
 * Publishes events on Node's diagnostics channels, where tracing tools find them without knowing us. Costs two checks
 * when nobody has subscribed. Subscribers get the event itself and must not change it; Node reports what a subscriber
 * throws as an uncaught exception of its own.
 */
export class DiagnosticsObserver implements LogObserver {
  readonly #all: Channel = channel(DIAGNOSTICS_CHANNEL);
  readonly #byType: Readonly<Record<LogEvent['type'], Channel>> = {
    opened: channelOf('opened'),
    closed: channelOf('closed'),
    written: channelOf('written'),
    synced: channelOf('synced'),
    rolled: channelOf('rolled'),
    poisoned: channelOf('poisoned'),
    corruption: channelOf('corruption'),
    truncated: channelOf('truncated'),
    purged: channelOf('purged'),
    'index-rebuilt': channelOf('index-rebuilt'),
    'topic-created': channelOf('topic-created'),
    'topic-deleted': channelOf('topic-deleted'),
    'topic-offline': channelOf('topic-offline'),
    'partitions-added': channelOf('partitions-added'),
    'topic-configured': channelOf('topic-configured'),
    cleanup: channelOf('cleanup'),
  };

  public observe(event: LogEvent): void {
    if (this.#all.hasSubscribers) this.#all.publish(event);
    const own = this.#byType[event.type];
    if (own.hasSubscribers) own.publish(event);
  }
}

function channelOf(type: LogEvent['type']): Channel {
  return channel(`${DIAGNOSTICS_CHANNEL}.${type}`);
}
