import { mergeFigures, readFigures } from './figures-file.js';
import { figuresTable } from './figures-table.js';

const words = process.argv.slice(2);
// Brings the page of durability up to date after figures were merged by hand.
if (words.includes('--page')) mergeFigures({});
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
