import type { Finding, Rule } from '../finding.js';
import { commonFiles, compositionFiles, roomMap } from '../house-map.js';
import type { Import } from '../imports.js';
import { lineAt, type SourceFile } from '../project.js';

const home = 'packages/core/src/';

/** Inside core: contract <- segment <- log <- topic, and the rooms beside them see the contract only. */
export const coreRooms: Rule = (project) =>
  project.sources
    .filter(({ path }) => path.startsWith(home))
    .flatMap((file) => [
      ...placeOf(file),
      ...file.imports.flatMap((found) => {
        const message = complaint(file, found);
        return message ? [finding(file, lineAt(file.text, found.position), message)] : [];
      }),
    ]);

const finding = (file: SourceFile, line: number, message: string): Finding => ({
  path: file.path,
  line,
  rule: 'core-rooms',
  message,
});

/** The room of a path below `src`, or the file itself if it stands in none. */
const roomOf = (inside: string): string => inside.slice(0, Math.max(0, inside.indexOf('/'))) || inside;

function placeOf(file: SourceFile): readonly Finding[] {
  const room = roomOf(file.path.slice(home.length));
  if (room in roomMap || compositionFiles.includes(room) || commonFiles.includes(room)) return [];
  return [
    finding(
      file,
      1,
      `'${room}' is no room of core (${Object.keys(roomMap).join(', ')}). Move the file into the room it belongs to, ` +
        'or add the room to roomMap in tools/src/tidy/house-map.ts.',
    ),
  ];
}

function complaint(file: SourceFile, found: Import): string | undefined {
  const room = roomOf(file.path.slice(home.length));
  if (!found.specifier.startsWith('.')) return room === 'contract' ? foreign(found.specifier) : undefined;
  const path = new URL(found.specifier, `file:///${file.path}`).pathname.slice(1).replace(/\.js$/, '.ts');
  if (!path.startsWith(home) || compositionFiles.includes(room)) return undefined;
  const target = roomOf(path.slice(home.length));
  if (target === room || mayImport(room, target)) return undefined;
  if (compositionFiles.includes(target)) {
    return `${target} composes the rooms and no room imports it. Import the file that defines the name.`;
  }
  return `${room} must not import ${target}: ${room} sees ${sights(room)}. ${wayOut(room)}`;
}

function mayImport(room: string, target: string): boolean {
  if (commonFiles.includes(room)) return target === 'contract';
  if (commonFiles.includes(target)) return room !== 'contract';
  return roomMap[room]?.includes(target) ?? true;
}

const foreign = (specifier: string): string =>
  `a contract imports nothing but contracts: '${specifier}' must go. Describe what you need as an interface here.`;

function sights(room: string): string {
  const rooms = roomMap[room] ?? [];
  if (room === 'contract') return 'nothing but the contract';
  return [...rooms, ...commonFiles].join(', ');
}

function wayOut(room: string): string {
  if (room === 'contract') return 'Move the type into the contract, or the code out of it.';
  return 'Take the part as a parameter typed by its contract, and pass it in where the rooms are composed (default-components.ts).';
}
