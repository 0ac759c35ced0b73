import type { GroupName } from './profile.js';

/** Where V8 says that a function is. */
export interface CallFrame {
  readonly functionName: string;
  /** Empty for what is not JavaScript. */
  readonly url: string;
}

export interface NamedFunction {
  /** `append core/log/log`, `writeSync node:fs`, `copy (native)`. */
  readonly name: string;
  readonly group: GroupName;
}

const STATES: Readonly<Record<string, GroupName>> = {
  '(garbage collector)': 'garbage',
  '(idle)': 'idle',
  '(program)': 'runtime',
};

/** What `node:fs` and `node:child_process` call in C++: a system call each, or the way to a thread that makes it. */
const SYSTEM_CALLS = new Set(
  `access close copyFile existsSync fdatasync fstat fsync ftruncate link lstat mkdir open openFileHandle read readBuffers
  readFileUtf8 readdir realpath rename rmdir spawn stat statfs unlink writeBuffer writeBuffers writeString`.split(
    /\s+/,
  ),
);

const HARNESS = new Set(['benchmark', 'lodash', 'platform']);

/**
 * Names a function as a person would look for it, and says whose it is. Addons in C or Rust leave their functions without a
 * name: these have that of their caller.
 */
export function namedFunction({ functionName, url }: CallFrame, caller?: CallFrame): NamedFunction {
  const name = functionName || '(anonymous)';
  if (url === '' && functionName === '' && caller !== undefined) {
    const { name: callerName, group } = namedFunction(caller);
    return { name: `(addon) called by ${callerName}`, group };
  }
  if (url === '') return native(name);
  if (url.startsWith('node:')) return { name: `${name} ${url}`, group: 'runtime' };
  const [, dependency] = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url) ?? [];
  if (dependency !== undefined) {
    return { name: `${name} ${dependency}`, group: HARNESS.has(dependency) ? 'benchmark' : 'store' };
  }
  const [, folder = '', path] = /\/([^/]+)\/(?:dist|src)\/(.+)\.[cm]?[jt]s$/.exec(url) ?? [];
  const file = path === undefined ? (url.split('/').at(-1) ?? url) : `${folder}/${path}`;
  return { name: `${name} ${file}`, group: folder === 'benchmarks' ? 'benchmark' : 'store' };
}

function native(name: string): NamedFunction {
  const state = STATES[name];
  if (state !== undefined) return { name, group: state };
  return { name: `${name} (native)`, group: SYSTEM_CALLS.has(name) ? 'system' : 'runtime' };
}
