import type { Figures } from '@seglog/tools';

/**
 * Whether figures are of less than those that are recorded, by the one that tells how much was tried: such a run is for
 * trying things out, and takes nobody's place.
 */
export function saysLess(
  measure: string,
  figures: Readonly<Record<string, number>>,
  recorded: Figures,
): boolean {
  const before = recorded[measure]?.value;
  return typeof before === 'number' && (figures[measure] ?? 0) < before;
}
