/** The first row is the head; the first column is text, the others are numbers. */
export function table([head = [], ...rows]: readonly (readonly string[])[]): readonly string[] {
  const rule = head.map((_, at) => (at === 0 ? '---' : '---:'));
  return [head, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`);
}
