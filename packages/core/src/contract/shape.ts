import { SeglogError } from './error.js';

/** What a part must be to be of use: a function, or an object that has what is listed. */
export interface Shape {
  /** Goes on after "the part is": `a factory, as memoryIndex() returns`. */
  readonly is: string;
  /** Absent where the part is a function. */
  readonly methods?: readonly string[] | undefined;
  /** What an object needs besides its methods. */
  readonly fields?: readonly string[] | undefined;
}

/** A part that comes as a function, and what that function must return. */
export interface FactoryShape {
  /** As messages call it: `index store`. */
  readonly part: string;
  readonly is: string;
  readonly makes: Required<Pick<Shape, 'methods'>>;
}

/** Guards a part on its way into an engine or a log: `COMPOSITION` says what it should be, and what it lacks. */
export function requireShape(part: string, value: unknown, shape: Shape): void {
  const { is, methods, fields = [] } = shape;
  const facts = { part, given: value === null ? 'null' : typeof value };
  const fits = methods === undefined ? typeof value === 'function' : isObject(value);
  if (!fits) throw wrongPart(part, is, facts);
  if (!isObject(value)) return;
  const missing = [
    ...fields.filter((name) => value[name] === undefined || value[name] === null),
    ...(methods ?? []).filter((name) => typeof value[name] !== 'function'),
  ];
  if (missing.length > 0) throw wrongPart(part, is, { ...facts, missing: missing.join(', ') });
}

/** Makes a part by its factory, and checks both: a function that returns the factory is easily taken for it. */
export function makePart<T, A extends readonly unknown[]>(
  { part, is, makes }: FactoryShape,
  factory: (...args: A) => T,
  ...args: A
): T {
  requireShape(part, factory, { is });
  const made = called(part, () => factory(...args), is);
  requireShape(part, made, { is: `made by ${is}`, ...makes });
  return made;
}

function called<T>(part: string, factory: () => T, is: string): T {
  try {
    return factory();
  } catch (cause) {
    // What takes options may have been given to the engine in place of what it returns, and refuses what is no option.
    throw SeglogError.is(cause) ? cause : withName(part, `it is made by ${is}`, cause);
  }
}

/** What a part of ours says is passed on; what anybody else says gets the name of the part. */
export function notMade(part: string, wayOut: string, cause: unknown): unknown {
  return SeglogError.is(cause) || cause instanceof RangeError ? cause : withName(part, wayOut, cause);
}

function withName(part: string, wayOut: string, cause: unknown): SeglogError {
  const sentence = `the part ${part} could not be made; ${wayOut}`;
  return new SeglogError('COMPOSITION', sentence, { part }, { cause });
}

/** What is wrong with a part, for the one who chose it. */
export function wrongPart(part: string, is: string, facts: SeglogError['facts']): SeglogError {
  return new SeglogError('COMPOSITION', `the ${part} is ${is}`, { part, ...facts });
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
