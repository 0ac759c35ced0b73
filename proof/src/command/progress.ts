/** A line that is written over: on a terminal at once, elsewhere every ten seconds as a line of its own. */
export function progress(): (text?: string) => void {
  const { stderr } = process;
  let last = performance.now();
  return (text) => {
    if (stderr.isTTY) {
      stderr.write(text === undefined ? '\n' : `\r\u001b[2K${text}`);
    } else if (text !== undefined && performance.now() - last > 10_000) {
      last = performance.now();
      stderr.write(`${text}\n`);
    }
  };
}
