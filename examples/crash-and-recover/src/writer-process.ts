import { openEngine, preadModule } from 'seglog';

/** Appends one record after the other for ever, and tells each offset when the append has resolved. */
const [directory = ''] = process.argv.slice(2);
process.once('disconnect', () => process.exit(1));
const engine = await openEngine({ modules: [preadModule(directory)] });
const notes = await engine.getOrCreateTopic('notes', { partitions: 1 });
for (let number = 0; ; number += 1) {
  const { offset } = await notes.append({ value: { number } });
  process.send?.(offset);
}
