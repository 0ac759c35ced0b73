import assert from 'node:assert/strict';
import { type CrashStudy, type Oracle, type SimulatedDisk, succeeds, unlessRefused } from '@seglog/testing';
import {
  CLOCK,
  diskModule,
  type Engine,
  type EngineSettings,
  openEngine,
  partModule,
  RANDOM,
  SeglogError,
  type WriteAheadSettings,
  walModule,
} from '../src/index.js';

/** One thing that a workload does with an engine that writes ahead. Topics are `a` and `b`, of two partitions each. */
export type AheadStep =
  /** One write with one record for each of the places, `a0` and so on. */
  | { readonly do: 'write'; readonly to: readonly Place[]; readonly bytes?: number }
  /** Writes that are under way at the same time. */
  | { readonly do: 'writes'; readonly to: readonly (readonly Place[])[] }
  | { readonly do: 'checkpoint' }
  | { readonly do: 'reopen' }
  | { readonly do: 'kill' }
  | { readonly do: 'roll'; readonly at: Place }
  | { readonly do: 'truncate'; readonly at: Place; readonly lastKept: number }
  | { readonly do: 'purge'; readonly at: Place; readonly firstKept: number }
  | { readonly do: 'deleteTopic'; readonly topic: 'a' | 'b' };

export type Place = 'a0' | 'a1' | 'b0' | 'b1';
const PLACES: readonly Place[] = ['a0', 'a1', 'b0', 'b1'];

export interface AheadStudy {
  readonly name: string;
  readonly steps: readonly AheadStep[];
  readonly settings?: EngineSettings;
  readonly wal?: Partial<WriteAheadSettings>;
}

export type AheadFact =
  | { readonly kind: 'asked'; readonly write: number; readonly to: readonly Place[] }
  | { readonly kind: 'durable' | 'refused' | 'unknown'; readonly write: number }
  | { readonly kind: 'cutting' | 'cut'; readonly at: Place; readonly lastKept: number }
  | { readonly kind: 'purging' | 'purged'; readonly at: Place; readonly firstKept: number }
  | { readonly kind: 'created' | 'deleting' | 'deleted'; readonly topic: string };

interface Opened {
  readonly disk: SimulatedDisk;
  readonly engine: Engine;
  readonly content: Content;
}

/** Numbers of the writes that each place holds, from its log start; a place that is not there has none. */
type Content = Readonly<
  Partial<Record<Place, { readonly logStart: number; readonly writes: readonly number[] }>>
>;

export function aheadStudy(study: AheadStudy): CrashStudy<Opened, AheadFact> {
  return {
    name: study.name,
    async workload(disk, oracle) {
      const run = new AheadRun(disk, oracle, study);
      for (const step of study.steps) await run.perform(step);
      await run.close();
    },
    open: (disk) => openOn(disk, study),
    async check(opened, { facts, state }) {
      requireAllowed(opened.content, facts);
      if (state % 5 === 0) await goOn(opened, study);
      return JSON.stringify(opened.content);
    },
    describe: (fact) => JSON.stringify(fact),
  };
}

async function openOn(disk: SimulatedDisk, { settings, wal }: AheadStudy): Promise<Opened> {
  const engine = await openEngine({
    modules: [
      diskModule(() => disk.root),
      partModule(CLOCK, disk.clock),
      partModule(RANDOM, disk.random),
      walModule({ maxSegmentBytes: 8192, preallocateBytes: 0, pieceBytes: 200, ...wal }),
    ],
    settings: { maxSegmentBytes: 4096, preallocateBytes: 0, groupBytes: 16 * 1024, ...settings },
  });
  return { disk, engine, content: await contentOf(engine) };
}

async function contentOf(engine: Engine): Promise<Content> {
  const content: Record<string, Content[Place]> = {};
  for (const place of PLACES) {
    const topic = engine.topics().find(({ name }) => name === place[0]);
    if (topic === undefined) continue;
    const log = await engine.log(topic.name, partitionOf(place));
    const { logStart } = log.offsets();
    const { records } = await log.read(logStart, { maxRecords: 10_000 });
    const writes = records.map(({ value }) =>
      Number.parseInt(JSON.parse(Buffer.from(value ?? []).toString()), 10),
    );
    records.forEach(({ offset }, i) => {
      assert.equal(offset, logStart + i, `${place} is dense`);
    });
    content[place] = { logStart, writes };
  }
  return content;
}

const partitionOf = (place: Place): number => Number(place[1]);

/** Writes that a place may hold after a crash: every one was asked for, was not refused, and none is there twice. */
function requireAllowed(content: Content, facts: readonly AheadFact[]): void {
  const history = new History(facts);
  for (const place of PLACES) {
    const found = content[place];
    const topic = String(place[0]);
    if (found === undefined) {
      assert.ok(history.mayBeGone(topic), `topic ${topic} is gone`);
      continue;
    }
    assert.ok(!history.isGone(topic), `topic ${topic} is back`);
    assert.ok(
      history.courses(place).some((course) => fits(found, course)),
      `${place} holds ${JSON.stringify(found)} of ${JSON.stringify(history.courses(place))}`,
    );
  }
  history.requireWhole(content);
}

/** What a place would hold if nothing were lost, as far as it is certain, and what may follow. */
interface Course {
  readonly certain: readonly number[];
  readonly possible: readonly number[];
  readonly logStarts: readonly number[];
}

function fits(
  { logStart, writes }: { logStart: number; writes: readonly number[] },
  course: Course,
): boolean {
  if (!course.logStarts.includes(logStart)) return false;
  const certain = course.certain.slice(logStart);
  if (writes.length < certain.length || certain.some((write, i) => writes[i] !== write)) return false;
  const more = writes.slice(certain.length);
  return more.every(
    (write, i) => course.possible.includes(write) && (i === 0 || write > (more[i - 1] ?? -1)),
  );
}

class History {
  readonly #facts: readonly AheadFact[];
  readonly #fate = new Map<number, string>();
  readonly #cut = new Set<Place>();

  public constructor(facts: readonly AheadFact[]) {
    this.#facts = facts;
    for (const fact of facts) {
      if ('write' in fact && fact.kind !== 'asked') this.#fate.set(fact.write, fact.kind);
      if (fact.kind === 'cutting' || fact.kind === 'purging') this.#cut.add(fact.at);
    }
  }

  public mayBeGone(topic: string): boolean {
    return !this.#noted('created', topic) || this.#noted('deleting', topic);
  }

  public isGone(topic: string): boolean {
    return this.#noted('deleted', topic);
  }

  /** One for each way that a truncation or a deletion of records under way may have gone. */
  public courses(place: Place): readonly Course[] {
    let courses: Course[] = [{ certain: [], possible: [], logStarts: [0] }];
    for (const fact of this.#facts) {
      if (fact.kind === 'asked' && fact.to.includes(place)) {
        courses = courses.map((course) => this.#asked(course, fact.write));
      } else if (fact.kind === 'cutting' && fact.at === place) {
        courses = [...courses, ...courses.map((course) => cut(course, fact.lastKept))];
      } else if (fact.kind === 'cut' && fact.at === place) courses = courses.slice(courses.length / 2);
      else if (fact.kind === 'purging' && fact.at === place) {
        courses = courses.map((course) => ({ ...course, logStarts: [...course.logStarts, fact.firstKept] }));
      } else if (fact.kind === 'purged' && fact.at === place) {
        courses = courses.map((course) => ({ ...course, logStarts: [fact.firstKept] }));
      }
    }
    return courses;
  }

  /** A write is in all its places or in none, unless one of them was cut or is gone. */
  public requireWhole(content: Content): void {
    for (const fact of this.#facts) {
      if (fact.kind !== 'asked') continue;
      const places = fact.to.filter((place) => content[place] !== undefined && !this.#cut.has(place));
      const holding = places.filter((place) => content[place]?.writes.includes(fact.write) === true);
      assert.ok(
        holding.length === 0 || holding.length === places.length,
        `write ${fact.write} is in ${holding.join()} of ${places.join()}`,
      );
    }
  }

  #asked(course: Course, write: number): Course {
    const fate = this.#fate.get(write);
    if (fate === 'refused') return course;
    if (fate === 'durable') {
      // What was acknowledged stands behind all that was found of what was not.
      return { ...course, certain: [...course.certain, write] };
    }
    return { ...course, possible: [...course.possible, write] };
  }

  #noted(kind: 'created' | 'deleting' | 'deleted', topic: string): boolean {
    return this.#facts.some((fact) => fact.kind === kind && fact.topic === topic);
  }
}

function cut(course: Course, lastKept: number): Course {
  return { ...course, certain: course.certain.slice(0, lastKept + 1), possible: [] };
}

/** A recovered engine takes writes to all places at once, and holds them after a clean close. */
async function goOn({ disk, engine, content }: Opened, study: AheadStudy): Promise<void> {
  const places = PLACES.filter((place) => content[place] !== undefined);
  if (places.length > 0) {
    await engine.write(
      places.map((place) => ({
        topic: String(place[0]),
        partition: partitionOf(place),
        records: [{ value: textOf(99_999, 20) }],
      })),
    );
  }
  await engine.close();
  await disk.root.close();
  const again = await openOn(disk, study);
  assert.equal(again.engine.replayReport?.applied, 0, 'a clean close leaves nothing to replay');
  for (const place of places) {
    assert.deepEqual(again.content[place]?.writes, [...(content[place]?.writes ?? []), 99_999]);
  }
  await again.engine.close();
}

const textOf = (write: number, bytes: number): string => `${write};`.padEnd(bytes, 'abcdefg');

class AheadRun {
  readonly #disk: SimulatedDisk;
  readonly #oracle: Oracle<AheadFact>;
  readonly #study: AheadStudy;
  #opened: Opened | undefined;
  #next = 0;

  public constructor(disk: SimulatedDisk, oracle: Oracle<AheadFact>, study: AheadStudy) {
    this.#disk = disk;
    this.#oracle = oracle;
    this.#study = study;
  }

  public async perform(step: AheadStep): Promise<void> {
    this.#opened ??= await this.#open();
    const engine = this.#opened?.engine;
    if (engine === undefined) return;
    if (step.do === 'write') await this.#write(engine, step.to, step.bytes);
    else if (step.do === 'writes') await Promise.all(step.to.map((to) => this.#write(engine, to)));
    else if (step.do === 'checkpoint') await unlessRefused(() => engine.checkpoint());
    else if (step.do === 'reopen') await this.close();
    else if (step.do === 'kill') await this.#letGo();
    else if (step.do === 'deleteTopic') await this.#delete(engine, step.topic);
    else await this.#change(engine, step);
  }

  public async close(): Promise<void> {
    const opened = this.#opened;
    if (opened !== undefined) await unlessRefused(() => opened.engine.close());
    await this.#letGo();
  }

  async #open(): Promise<Opened | undefined> {
    const opened = await unlessRefused(() => openOn(this.#disk, this.#study));
    if (opened === undefined) await this.#letGo();
    else {
      for (const name of ['a', 'b']) {
        if (opened.engine.topics().some((topic) => topic.name === name) || this.#next > 0) continue;
        const made = await succeeds(() => opened.engine.createTopic(name, { partitions: 2 }));
        if (made) this.#oracle.note({ kind: 'created', topic: name });
      }
    }
    return opened;
  }

  /** The process dies, and its caches live on. */
  async #letGo(): Promise<void> {
    this.#opened = undefined;
    await unlessRefused(() => this.#disk.root.close());
  }

  async #write(engine: Engine, to: readonly Place[], bytes = 30): Promise<void> {
    const write = this.#next++;
    this.#oracle.note({ kind: 'asked', write, to });
    const parts = to.map((place) => ({
      topic: String(place[0]),
      partition: partitionOf(place),
      records: [{ value: textOf(write, bytes) }],
    }));
    try {
      await engine.write(parts);
      this.#oracle.note({ kind: 'durable', write });
    } catch (error) {
      if (!SeglogError.is(error)) throw error;
      this.#oracle.note({ kind: error.code === 'APPEND_UNKNOWN' ? 'unknown' : 'refused', write });
    }
  }

  async #delete(engine: Engine, topic: string): Promise<void> {
    this.#oracle.note({ kind: 'deleting', topic });
    if (await succeeds(() => engine.deleteTopic(topic))) this.#oracle.note({ kind: 'deleted', topic });
  }

  async #change(
    engine: Engine,
    step: Extract<AheadStep, { do: 'roll' | 'truncate' | 'purge' }>,
  ): Promise<void> {
    const { at } = step;
    const log = await unlessRefused(() => engine.log(String(at[0]), partitionOf(at)));
    if (log === undefined) return;
    if (step.do === 'roll') await unlessRefused(() => log.roll());
    else if (step.do === 'truncate') {
      const { lastKept } = step;
      this.#oracle.note({ kind: 'cutting', at, lastKept });
      if (await succeeds(() => log.truncateAfter(lastKept))) this.#oracle.note({ kind: 'cut', at, lastKept });
    } else {
      const { firstKept } = step;
      this.#oracle.note({ kind: 'purging', at, firstKept });
      if (await succeeds(() => log.deleteRecordsBefore(firstKept)))
        this.#oracle.note({ kind: 'purged', at, firstKept });
    }
  }
}
