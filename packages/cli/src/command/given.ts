import { CommandFailure, EXIT } from '../place/exit-code.js';
import type { GivenOptions } from './command-spec.js';

/** A number that an option gives; undefined where it was not given. */
export function numberGiven(options: GivenOptions, name: string): number | undefined {
  const text = options[name];
  if (text === undefined) return undefined;
  const value = typeof text === 'string' && /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(value)) return value;
  throw misuse(`--${dashed(name)} takes a number from 0 up, not ${JSON.stringify(text)}`);
}

/** Milliseconds since 1970, given as such or as a date. */
export function timeGiven(options: GivenOptions, name: string): number | undefined {
  const text = options[name];
  if (text === undefined) return undefined;
  if (typeof text === 'string') {
    const value = /^\d+$/.test(text) ? Number(text) : Date.parse(text);
    if (Number.isSafeInteger(value) && value >= 0) return value;
  }
  throw misuse(`--${dashed(name)} takes milliseconds since 1970 or a date like 2024-05-01T12:00:00Z`);
}

export function textGiven(options: GivenOptions, name: string): string | undefined {
  const text = options[name];
  return typeof text === 'string' ? text : undefined;
}

export function flagGiven(options: GivenOptions, name: string): boolean {
  return options[name] === true;
}

/** The command line makes no sense. */
export function misuse(sentence: string): CommandFailure {
  return new CommandFailure(sentence, {
    exitCode: EXIT.usage,
    code: 'USAGE',
    wayOut: 'see the command with --help',
  });
}

const dashed = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
