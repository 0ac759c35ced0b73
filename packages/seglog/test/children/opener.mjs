// Opens the data root that it is told, says what came of it in one line, and holds it until its input ends.
import { openEngine, preadModule } from '../../dist/index.js';

try {
  const engine = await openEngine({ modules: [preadModule(process.argv[2])] });
  console.log(JSON.stringify({ code: 'open', topics: engine.topics().map(({ name }) => name) }));
  process.stdin.on('end', () => void engine.close()).resume();
} catch (error) {
  console.log(JSON.stringify({ code: error.code, facts: error.facts }));
}
