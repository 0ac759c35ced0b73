import { builtinModules } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compileFunction } from 'node:vm';
import { rolldown } from 'rolldown';

const ENTRY = 'seglog-study-entry';
/** The folder of this workspace, built or not. */
export const workspace: string = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** What a program finds in its room in place of the real thing. */
export const ROOM_NAMES = [
  'exports',
  'require',
  'module',
  '__filename',
  '__dirname',
  'process',
  'globalThis',
  'console',
  'setTimeout',
  'clearTimeout',
  'Date',
  'Math',
] as const;

/** A published package as one function: each call of it starts the package from nothing, as a new process would. */
export type Program = (...room: readonly unknown[]) => void;

/** Bundles what `source` imports and exports, as it was published; modules of Node stay outside. */
export async function bundleProgram(source: string): Promise<Program> {
  const bundle = await rolldown({
    input: ENTRY,
    cwd: workspace,
    platform: 'node',
    treeshake: false,
    external: [/^node:/, ...builtinModules],
    plugins: [
      {
        name: ENTRY,
        resolveId: (id) => (id === ENTRY ? id : null),
        load: (id) => (id === ENTRY ? source : null),
      },
    ],
  });
  try {
    const { output } = await bundle.generate({ format: 'cjs', exports: 'named', codeSplitting: false });
    return compileFunction(output[0].code, [...ROOM_NAMES], { filename: '/store.cjs' }) as Program;
  } finally {
    await bundle.close();
  }
}
