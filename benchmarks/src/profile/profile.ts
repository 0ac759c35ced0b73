/** Whose work the time went into, in the order in which it is told. */
export const groups = {
  store: "the store's own code",
  runtime: 'Node and V8',
  system: 'system calls',
  garbage: 'garbage collection',
  idle: 'the idle event loop',
  benchmark: 'the benchmark itself',
} as const;

export type GroupName = keyof typeof groups;

/** Where the time of something went. All shares are parts of its wall time, from 0 to 1. */
export interface Profile extends Shares, Usage {}

/** What a sampling profiler saw of the thread that runs JavaScript. */
export interface Shares {
  readonly samples: number;
  /** False where nothing could bind the profiler to the core of what it watches: its samples gather at system calls. */
  readonly bound: boolean;
  readonly groups: Readonly<Record<GroupName, number>>;
  /** By the time in themselves, most first; only the first few. */
  readonly functions: readonly FunctionShare[];
}

export interface FunctionShare {
  readonly name: string;
  readonly group: GroupName;
  readonly share: number;
}

/** What the system says of the same work, done once more without a profiler. */
export interface Usage {
  readonly seconds: number;
  /** Time on a core, of all threads together: with `system` it can be more than 1. */
  readonly user: number;
  readonly system: number;
  /** How long the thread that runs JavaScript slept: until the medium, another thread or a timer was ready. */
  readonly blocked: number;
}
