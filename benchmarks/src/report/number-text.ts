import type { Spread } from '../measure/statistics.js';
import type { Metric } from '../workload/workload.js';

/** About three digits that count, with the unit: `1.23 M/s`, `840 us`, `12.5 ms`, `4.20 GB/s`. */
export function valueText(value: number, { unit }: Pick<Metric, 'unit'>): string {
  if (!Number.isFinite(value)) return 'failed';
  if (unit === 'records/s' || unit === 'syncs/s') return `${scaled(value)}/s`;
  if (unit === 'bytes/s') return `${scaled(value).replace(/[\d.]$/, '$& ')}B/s`;
  return unit === 'bytes' ? bytesText(value) : `${digits(value)} ${unit}`;
}

/** `10 k`, `1 M`: for powers of ten. */
export function countText(count: number): string {
  if (count >= 1e6) return `${count / 1e6} M`;
  return count >= 1e3 ? `${count / 1e3} k` : String(count);
}

export function ratioText(ratio: number | undefined): string {
  return ratio === undefined ? '' : `${digits(ratio)}x`;
}

/** `2.10x (1.80 to 2.30)`: the median, and what the rounds said. */
export function ratiosText(ratios: Spread | undefined): string {
  if (ratios === undefined) return '';
  return `${ratioText(ratios.median)} (${digits(ratios.low)} to ${digits(ratios.high)})`;
}

/** `+-4 %`. */
export function deviationText(deviation: number): string {
  return Number.isFinite(deviation) ? `+-${Math.round(deviation * 100)} %` : '';
}

function bytesText(value: number): string {
  return value >= 2 ** 20 ? `${digits(value / 2 ** 20)} MiB` : `${digits(value)} B`;
}

function scaled(value: number): string {
  if (value >= 1e9) return `${digits(value / 1e9)} G`;
  if (value >= 1e6) return `${digits(value / 1e6)} M`;
  return value >= 1e3 ? `${digits(value / 1e3)} k` : digits(value);
}

function digits(value: number): string {
  if (value >= 100) return value.toFixed(0);
  if (value >= 10) return value.toFixed(1);
  return value >= 0.1 ? value.toFixed(2) : value.toFixed(3);
}
