// Loads a module of tests, which is TypeScript, in a worker thread.
import { fileURLToPath } from 'node:url';
import { sourceServer } from './source-server.mjs';

/** `shelf`: the URL of the module. */
export async function loadShelf(shelf) {
  const server = await sourceServer();
  await server.ssrLoadModule(fileURLToPath(shelf));
}
