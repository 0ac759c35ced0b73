/** One bar, with a whisker over the rounds. Numbers share a unit, and none is negative. */
export interface Bar {
  readonly name: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** What stands behind the bar: `1.23 M/s`. */
  readonly label: string;
  /** Drawn in the strong colour. */
  readonly ours: boolean;
}

const WIDTH = 640;
const NAME_WIDTH = 150;
const LABEL_WIDTH = 90;
const BAR_HEIGHT = 18;
const STEP = 26;
const TOP = 8;

const STYLE =
  'text{font:12px system-ui,sans-serif;fill:#444}.ours{fill:#2f6fd0}.peer{fill:#a8b0ba}.whisker{stroke:#444}' +
  '@media(prefers-color-scheme:dark){text{fill:#ccc}.peer{fill:#6b7480}.whisker{stroke:#ccc}}';

/** Horizontal bars in the given order, as an SVG document that needs nothing beside it. */
export function barChart(title: string, bars: readonly Bar[]): string {
  const height = TOP * 2 + bars.length * STEP;
  const most = Math.max(...bars.map(({ high }) => high));
  const scale = most > 0 ? (WIDTH - NAME_WIDTH - LABEL_WIDTH) / most : 0;
  const lines = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<style>${STYLE}</style>`,
    ...bars.map((bar, row) => drawn(bar, TOP + row * STEP, scale)),
    '</svg>',
  ];
  return `${lines.join('\n')}\n`;
}

function drawn(bar: Bar, top: number, scale: number): string {
  const [text, middle] = [top + 13, top + BAR_HEIGHT / 2];
  const [end, low, high] = [bar.value, bar.low, bar.high].map((value) => at(value * scale));
  return [
    `<text x="${NAME_WIDTH - 8}" y="${text}" text-anchor="end">${escaped(bar.name)}</text>`,
    `<rect class="${bar.ours ? 'ours' : 'peer'}" x="${NAME_WIDTH}" y="${top}" ` +
      `width="${Math.max(1, (end ?? 0) - NAME_WIDTH).toFixed(1)}" height="${BAR_HEIGHT}"/>`,
    `<line class="whisker" x1="${low}" x2="${high}" y1="${middle}" y2="${middle}"/>`,
    `<text x="${(high ?? 0) + 6}" y="${text}">${escaped(bar.label)}</text>`,
  ].join('');
}

function at(length: number): number {
  return Math.round((NAME_WIDTH + length) * 10) / 10;
}

export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
