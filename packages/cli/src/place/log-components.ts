import {
  defaultComponents,
  type KnownFormat,
  type KnownFormats,
  type LogComponents,
  type StorageDirectory,
} from '@seglog/core';

/** The parts of a log that may be of any of these formats; what it writes itself is batch frames with crc32c. */
export function logComponents(directory: StorageDirectory, formats: KnownFormats): LogComponents {
  return {
    ...defaultComponents(directory, undefined),
    readingCodecs: [...formats.codecs.values()],
    readingChecksums: [...formats.checksums.values()],
  };
}

/** The formats as the catalog notes them. */
export function catalogFormats({ codecs, checksums }: KnownFormats): readonly KnownFormat[] {
  return [
    ...[...codecs.values()].map((codec) => known('codec', codec)),
    ...[...checksums.values()].map((checksum) => known('checksum', checksum)),
  ];
}

function known(
  kind: KnownFormat['kind'],
  { id, name }: { readonly id: number; readonly name: string },
): KnownFormat {
  return { kind, id, name, writes: id === 1 };
}
