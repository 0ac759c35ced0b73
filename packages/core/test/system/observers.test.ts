import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel';
import { expect, test } from 'vitest';
import { CombinedObserver, DiagnosticsObserver, type LogEvent } from '../../src/index.js';

const synced: LogEvent = { type: 'synced', log: 'flights/2', durable: 7, bytes: 100, durationMs: 1 };
const closed: LogEvent = { type: 'closed', log: 'flights/2', clean: true };

test('every event is published on the common channel and on that of its type', () => {
  const heard: [string | symbol, unknown][] = [];
  const listen = (event: unknown, name: string | symbol): void => void heard.push([name, event]);
  const observer = new DiagnosticsObserver();
  observer.observe(synced);
  for (const name of ['seglog', 'seglog.synced']) subscribe(name, listen);
  observer.observe(synced);
  observer.observe(closed);
  for (const name of ['seglog', 'seglog.synced']) unsubscribe(name, listen);
  observer.observe(synced);
  expect(heard).toEqual([
    ['seglog', synced],
    ['seglog.synced', synced],
    ['seglog', closed],
  ]);
  expect(channel('seglog').hasSubscribers).toBe(false);
});

test('an event is handed on as it is, and nothing is made of it', () => {
  const heard: unknown[] = [];
  const listen = (event: unknown): void => void heard.push(event);
  subscribe('seglog.closed', listen);
  new DiagnosticsObserver().observe(closed);
  unsubscribe('seglog.closed', listen);
  expect(heard[0]).toBe(closed);
});

test('each of several observers hears of each event, whatever the others throw', () => {
  const heard: string[] = [];
  const observers = [
    { observe: (event: LogEvent) => void heard.push(`first ${event.type}`) },
    {
      observe: () => {
        throw new Error('broken watcher');
      },
    },
    { observe: (event: LogEvent) => void heard.push(`last ${event.type}`) },
  ];
  const combined = new CombinedObserver(observers);
  observers.pop();
  combined.observe(synced);
  combined.observe(closed);
  expect(heard).toEqual(['first synced', 'last synced', 'first closed', 'last closed']);
  expect(() => new CombinedObserver([]).observe(closed)).not.toThrow();
});
