import { escaped } from './bar-chart.js';

/** Points from left to right; all values above 0. */
export interface Line {
  readonly name: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

export interface Axes {
  readonly xName: string;
  readonly xText: (value: number) => string;
  readonly yText: (value: number) => string;
}

const WIDTH = 640;
const HEIGHT = 300;
const LEFT = 70;
const RIGHT = 150;
const TOP = 12;
const BOTTOM = 44;

const STYLE =
  'text{font:12px system-ui,sans-serif;fill:#444}.grid{stroke:#e2e5e9}polyline,circle{fill:none;stroke-width:2}' +
  '.a{stroke:#2f6fd0}.b{stroke:#d0672f}.c{stroke:#3c9a5f}.d{stroke:#8a5bc0}' +
  '@media(prefers-color-scheme:dark){text{fill:#ccc}.grid{stroke:#3a4047}}';
const CLASSES = ['a', 'b', 'c', 'd'];

/** Lines over two logarithmic axes, with a grid of decades, as an SVG document that needs nothing beside it. */
export function lineChart(title: string, { xName, xText, yText }: Axes, lines: readonly Line[]): string {
  const points = lines.flatMap((line) => line.points);
  const x = axis(
    points.map((point) => point.x),
    LEFT,
    WIDTH - RIGHT,
  );
  const y = axis(
    points.map((point) => point.y),
    HEIGHT - BOTTOM,
    TOP,
  );
  const drawing = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<style>${STYLE}</style>`,
    ...x.decades.map((value) => vertical(x.at(value), xText(value))),
    ...y.decades.map((value) => horizontal(y.at(value), yText(value))),
    `<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 6}" text-anchor="middle">${escaped(xName)}</text>`,
    ...lines.map((line, nth) => drawn(line, CLASSES[nth % CLASSES.length] ?? 'a', { x: x.at, y: y.at })),
    ...labels(lines, y.at),
    '</svg>',
  ];
  return `${drawing.join('\n')}\n`;
}

interface Axis {
  readonly decades: readonly number[];
  readonly at: (value: number) => number;
}

/** Whole decades, at least one, that hold all values. */
function axis(values: readonly number[], start: number, end: number): Axis {
  const logs = values.map((value) => Math.log10(value));
  const first = Math.floor(Math.min(...logs) + 1e-9);
  const last = Math.max(first + 1, Math.ceil(Math.max(...logs) - 1e-9));
  const decades = Array.from({ length: last - first + 1 }, (_, nth) => 10 ** (first + nth));
  const at = (value: number): number => {
    const part = (Math.log10(value) - first) / (last - first);
    return Math.round((start + (end - start) * part) * 10) / 10;
  };
  return { decades, at };
}

function vertical(x: number, text: string): string {
  return (
    `<line class="grid" x1="${x}" x2="${x}" y1="${TOP}" y2="${HEIGHT - BOTTOM}"/>` +
    `<text x="${x}" y="${HEIGHT - BOTTOM + 16}" text-anchor="middle">${escaped(text)}</text>`
  );
}

function horizontal(y: number, text: string): string {
  return (
    `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y}" y2="${y}"/>` +
    `<text x="${LEFT - 8}" y="${y + 4}" text-anchor="end">${escaped(text)}</text>`
  );
}

function drawn(
  { points }: Line,
  name: string,
  at: { readonly x: Axis['at']; readonly y: Axis['at'] },
): string {
  const corners = points.map((point) => [at.x(point.x), at.y(point.y)] as const);
  const dots = corners.map(([x, y]) => `<circle class="${name}" cx="${x}" cy="${y}" r="2.5"/>`);
  return `<polyline class="${name}" points="${corners.map((corner) => corner.join(',')).join(' ')}"/>${dots.join('')}`;
}

const LABEL_STEP = 15;

/** Behind the ends of their lines, from the top, pushed down where they would lie over one another. */
function labels(lines: readonly Line[], y: Axis['at']): readonly string[] {
  const ends = lines
    .flatMap(({ name, points }) => points.slice(-1).map((end) => ({ name, at: y(end.y) })))
    .toSorted((a, b) => a.at - b.at);
  let lowest = Number.NEGATIVE_INFINITY;
  return ends.map(({ name, at }) => {
    lowest = Math.max(at, lowest + LABEL_STEP);
    return `<text x="${WIDTH - RIGHT + 8}" y="${lowest + 4}">${escaped(name)}</text>`;
  });
}
