import { readFigures } from './figures-file.js';
import { figuresTable } from './figures-table.js';

const words = process.argv.slice(2);
const prefixes = words.filter((word) => !word.startsWith('--'));
const figures = Object.fromEntries(
  Object.entries(readFigures()).filter(
    ([key]) =>
      prefixes.length === 0 || prefixes.some((prefix) => key === prefix || key.startsWith(`${prefix}.`)),
  ),
);
process.stdout.write(
  words.includes('--json') ? `${JSON.stringify(figures, null, 2)}\n` : figuresTable(figures),
);
