/** An error with its stack, and those that brought it about. */
export function storyOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `; because: ${storyOf(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
