import assert from 'node:assert/strict';
import type { SyncDecision, SyncPolicy, SyncPolicyFactory, UnsyncedTail } from '@seglog/core';
import * as fc from 'fast-check';
import type { SuiteRunner } from './suite-runner.js';
import { runSyncSchedule, type SyncArrival } from './sync-schedule.js';

/** The exam of every {@link SyncPolicy}: what it decides must let the log make progress, by a deadline that stands. */
export function syncPolicyConformance(runner: SuiteRunner, name: string, factory: SyncPolicyFactory): void {
  runner.describe(`SyncPolicy: ${name}`, () => {
    factoryCases(runner, factory);
    decisionCases(runner, factory);
    deadlineCases(runner, factory);
    scheduleCases(runner, factory);
  });
}

/** One group of appends as it grows: each step adds to the one before. */
const growth: fc.Arbitrary<UnsyncedTail[]> = fc
  .record({
    originMs: fc.nat(1_000_000),
    steps: fc.array(
      fc.record({
        elapsedMs: fc.oneof(fc.nat(3), fc.nat(5000)),
        bytes: fc.oneof(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 4_000_000 })),
        appends: fc.integer({ min: 1, max: 40 }),
        waiters: fc.nat(3),
      }),
      { minLength: 1, maxLength: 20 },
    ),
  })
  .map(({ originMs, steps }) => {
    const tail = { nowMs: originMs, bytes: 0, appends: 0, firstWriteMs: originMs, waiters: 0 };
    return steps.map((step, at) => {
      tail.nowMs += at === 0 ? 0 : step.elapsedMs;
      tail.bytes += step.bytes;
      tail.appends += step.appends;
      tail.waiters += Math.min(step.waiters, step.appends);
      return Object.freeze({ ...tail });
    });
  });

function factoryCases(runner: SuiteRunner, factory: SyncPolicyFactory): void {
  runner.test('the factory makes policies of one name and meaning, one for each log', () => {
    const [one, two] = [factory(), factory()];
    assert.match(one.name, /^[\x21-\x7e]+$/);
    assert.ok(one.acknowledge === 'written' || one.acknowledge === 'synced');
    assert.equal(two.name, one.name);
    assert.equal(two.acknowledge, one.acknowledge);
  });

  runner.test('what one policy is asked does not change what another one answers', () => {
    fc.assert(
      fc.property(growth, growth, (own, others) => {
        const alone = factory();
        const expected = own.map((tail) => alone.decide(tail));
        const [policy, other] = [factory(), factory()];
        const given = own.map((tail, at) => {
          const beside = others[at % others.length];
          if (beside !== undefined) other.decide(beside);
          return policy.decide(tail);
        });
        assert.deepEqual(given, expected);
      }),
    );
  });
}

function decisionCases(runner: SuiteRunner, factory: SyncPolicyFactory): void {
  runner.test('a decision is now, later, or a time that is yet to come', () => {
    fc.assert(
      fc.property(growth, (tails) => {
        const policy = factory();
        for (const tail of tails) expectDecision(policy.decide(tail), tail);
      }),
    );
  });

  runner.test('asking again changes nothing', () => {
    fc.assert(
      fc.property(growth, (tails) => {
        const policy = factory();
        for (const tail of tails) assert.deepEqual(policy.decide({ ...tail }), policy.decide(tail));
      }),
    );
  });

  runner.test('what was decided does not follow the tail, which its owner uses again', () => {
    fc.assert(
      fc.property(growth, (tails) => {
        const policy = factory();
        for (const tail of tails) {
          const lent = { ...tail };
          const decision = policy.decide(lent);
          const before = structuredClone(decision);
          Object.assign(lent, { nowMs: 1e9, firstWriteMs: 1e9, bytes: 1e9, appends: 1e9, waiters: 9 });
          assert.deepEqual(decision, before);
        }
      }),
    );
  });

  runner.test('a group that is due stays due when it grows', () => {
    fc.assert(
      fc.property(growth, (tails) => {
        const policy = factory();
        let due = false;
        for (const tail of tails) {
          const decision = policy.decide(tail);
          assert.ok(!due || decision === 'now', `${show(decision)} after now`);
          due = decision === 'now';
        }
      }),
    );
  });

  runner.test('whoever promises synced never says later', () => {
    fc.assert(
      fc.property(growth, (tails) => {
        const policy = factory();
        for (const tail of tails) {
          const decision = policy.decide({ ...tail, waiters: Math.max(tail.waiters, 1) });
          assert.ok(policy.acknowledge !== 'synced' || decision !== 'later');
        }
      }),
    );
  });
}

function deadlineCases(runner: SuiteRunner, factory: SyncPolicyFactory): void {
  runner.test('a deadline counts from the first write: no later write moves it back', () => {
    fc.assert(
      fc.property(growth, (tails) => {
        const policy = factory();
        let deadlineMs = Infinity;
        for (const tail of tails) {
          const decision = policy.decide(tail);
          if (tail.nowMs >= deadlineMs) assert.equal(decision, 'now');
          if (deadlineMs < Infinity) assert.notEqual(decision, 'later');
          if (typeof decision === 'object') {
            assert.ok(decision.atMs <= deadlineMs, `${decision.atMs} is later than ${deadlineMs}`);
            deadlineMs = decision.atMs;
          }
        }
      }),
    );
  });

  runner.test('when its time has come, the answer is now', () => {
    fc.assert(
      fc.property(growth, fc.nat(10), (tails, lateMs) => {
        const policy = factory();
        for (const tail of tails) {
          const decision = policy.decide(tail);
          if (typeof decision !== 'object') continue;
          assert.equal(policy.decide({ ...tail, nowMs: decision.atMs + lateMs }), 'now');
          return;
        }
      }),
    );
  });

  runner.test('the origin of the clock does not matter', () => {
    fc.assert(
      fc.property(growth, fc.integer({ min: 1, max: 1_000_000 }), (tails, shiftMs) => {
        const [policy, shifted] = [factory(), factory()];
        for (const tail of tails) {
          const { nowMs, firstWriteMs } = tail;
          const decision = policy.decide(tail);
          const other = shifted.decide({
            ...tail,
            nowMs: nowMs + shiftMs,
            firstWriteMs: firstWriteMs + shiftMs,
          });
          if (typeof decision !== 'object') assert.deepEqual(other, decision);
          else assert.ok(typeof other === 'object' && Math.abs(other.atMs - decision.atMs - shiftMs) < 1e-3);
        }
      }),
    );
  });
}

function scheduleCases(runner: SuiteRunner, factory: SyncPolicyFactory): void {
  const arrivals: fc.Arbitrary<SyncArrival[]> = fc.array(
    fc.record({ afterMs: fc.oneof(fc.nat(3), fc.nat(3000)), bytes: fc.integer({ min: 1, max: 300_000 }) }),
    { minLength: 1, maxLength: 40 },
  );

  runner.test('over a day of traffic and silence, everything that has a deadline is synced by it', () => {
    fc.assert(
      fc.property(arrivals, fc.nat(20), (traffic, syncMs) => {
        const policy = factory();
        const outcome = runSyncSchedule(policy, traffic, syncMs);
        const asked = traffic.length + 2 * outcome.syncs + 1;
        assert.ok(outcome.decisions <= asked, `asked ${outcome.decisions} times for ${asked}`);
        assert.equal(outcome.brokenPromises, 0, 'a deadline was given and taken back');
        if (policy.acknowledge === 'synced') assert.equal(outcome.unsyncedAppends, 0);
      }),
    );
  });
}

function expectDecision(decision: SyncDecision, tail: UnsyncedTail): void {
  if (decision === 'now' || decision === 'later') return;
  assert.ok(
    Number.isFinite(decision.atMs) && decision.atMs > tail.nowMs,
    `${show(decision)} at ${tail.nowMs}`,
  );
}

function show(decision: ReturnType<SyncPolicy['decide']>): string {
  return typeof decision === 'object' ? `at ${decision.atMs}` : decision;
}
