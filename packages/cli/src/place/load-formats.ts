import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Checksum, type FrameCodec, type KnownFormats, knownFormats } from '@seglog/core';
import type { GivenOptions, OptionSpec } from '../command/command-spec.js';
import { misuse, textGiven } from '../command/given.js';

export const CODEC_OPTION: OptionSpec = {
  flags: '--codec <module>',
  description: 'a JavaScript module that exports frame codecs or checksums of your own, or what makes them',
};

/** The formats of the house, and those of the module that the user names. */
export async function formatsGiven(options: GivenOptions): Promise<KnownFormats> {
  const path = textGiven(options, 'codec');
  if (path === undefined) return knownFormats();
  const module: unknown = await import(pathToFileURL(resolve(path)).href).catch((cause: unknown) => {
    throw misuse(`--codec cannot load ${path}: ${cause instanceof Error ? cause.message : String(cause)}`);
  });
  const exported = typeof module === 'object' && module !== null ? Object.values(module) : [];
  const parts = exported.map(made);
  const [codecs, checksums] = [parts.filter(isCodec), parts.filter(isChecksum)];
  if (codecs.length + checksums.length === 0)
    throw misuse(`--codec: ${path} exports no frame codec and no checksum`);
  return knownFormats({ codecs, checksums });
}

/** What a factory returns, or a class makes. Functions that are neither are passed over. */
function made(value: unknown): unknown {
  if (typeof value !== 'function') return value;
  try {
    return /^class\b/.test(Function.prototype.toString.call(value)) ? Reflect.construct(value, []) : value();
  } catch {
    return undefined;
  }
}

function isCodec(value: unknown): value is FrameCodec {
  if (typeof value !== 'object' || value === null) return false;
  return 'id' in value && 'forSegment' in value && typeof value.forSegment === 'function';
}

function isChecksum(value: unknown): value is Checksum {
  if (typeof value !== 'object' || value === null) return false;
  return 'id' in value && 'of' in value && typeof value.of === 'function';
}
