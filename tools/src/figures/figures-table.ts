import type { Figure, Figures, Machine } from './figure.js';

/** All figures as one table, with a list of the machines below it. */
export function figuresTable(figures: Figures): string {
  const entries = Object.entries(figures);
  if (entries.length === 0) return 'no figures yet\n';
  const machines = [...new Set(entries.map(([, { machine }]) => describeMachine(machine)))];
  const rows = entries.map(([key, figure]) => row(key, figure, machines));
  const header = ['figure', 'value', 'date', 'seed', 'commit', 'machine', 'command'];
  const notes = machines.map((machine, at) => `${machineName(at)}: ${machine}`);
  return `${[...align([header, ...rows]), '', ...notes].join('\n')}\n`;
}

function row(key: string, figure: Figure, machines: readonly string[]): readonly string[] {
  const value = typeof figure.value === 'number' ? group(figure.value) : String(figure.value);
  return [
    key,
    figure.unit ? `${value} ${figure.unit}` : value,
    figure.date.slice(0, 10),
    String(figure.seed ?? '-'),
    figure.commit,
    machineName(machines.indexOf(describeMachine(figure.machine))),
    figure.command,
  ];
}

const group = (value: number): string => value.toLocaleString('en-US', { maximumFractionDigits: 3 });
const machineName = (at: number): string => `m${at + 1}`;

const describeMachine = ({ cpu, cores, memoryGiB, system, node }: Machine): string =>
  `${cpu}, ${cores} cores, ${memoryGiB} GiB, ${system}, Node ${node}`;

function align(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = rows[0]?.map((_, at) => Math.max(...rows.map((cells) => cells[at]?.length ?? 0))) ?? [];
  return rows.map((cells) =>
    cells
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
