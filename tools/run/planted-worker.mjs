// Runs the catching cases against one planted engine after the other: each is loaded anew, from sources in which one piece
// of text was replaced. A process of its own, so that an engine that never comes back can be ended.
import { sourceServer } from './source-server.mjs';

let mutation;
const server = await sourceServer({
  plugins: [{ name: 'seglog-planted', enforce: 'pre', transform: (code, id) => mutated(code, id) }],
});

function mutated(code, id) {
  if (mutation === undefined || !id.endsWith(`/packages/${mutation.file}`)) return undefined;
  const parts = code.split(mutation.find);
  if (parts.length !== 2)
    throw new Error(`'${mutation.find}' stands ${parts.length - 1} times in ${mutation.file}`);
  mutation = { ...mutation, applied: true };
  return parts.join(mutation.replace);
}

// What an engine with a bug forgets to catch must not end the table.
const strays = [];
process.on('unhandledRejection', (error) => strays.push(error));
process.on('uncaughtException', (error) => strays.push(error));

async function judge(job) {
  mutation = job.mutation;
  strays.length = 0;
  server.moduleGraph.invalidateAll();
  const { catchBug } = await server.ssrLoadModule(job.module);
  if (mutation !== undefined && mutation.applied !== true) throw new Error(`${mutation.file} was not loaded`);
  return catchBug(job, () => strays[0]);
}

process.on('message', (job) => {
  judge(job).then(
    (result) => process.send({ name: job.name, ...result }),
    (error) =>
      process.send({ name: job.name, invalid: error instanceof Error ? error.message : String(error) }),
  );
});
process.send({ ready: true });
