import { type LogSettings, openEngine, preadModule, type RecoveryReport, SeglogError } from 'seglog';

/** Opens a data root, says what recovery found, reads everything, and appends a record. */
export async function look(directory: string, settings: Partial<LogSettings> = {}): Promise<void> {
  const engine = await openEngine({ modules: [preadModule(directory)], settings });
  try {
    const reports = await engine.recover();
    for (const report of reports.values()) sayReport(report);
    const notes = engine.topic('notes');
    await attempt('read', async () => {
      const { logStart, logEnd } = (await notes.partition(0)).offsets();
      const { records, gaps } = await notes.read(0, logStart, { maxRecords: logEnd });
      const holes = gaps.map(({ from, to, reason }) => `, and offsets ${from} to ${to - 1} are ${reason}`);
      return `${records.length} records${holes.join('')}`;
    });
    await attempt('append', async () => `offset ${(await notes.append({ value: 'again' })).offset}`);
  } finally {
    await engine.close();
  }
}

function sayReport({ scannedBytes, truncated, quarantined, gaps, offsets }: RecoveryReport): void {
  console.log(`  recovery: ${scannedBytes > 0 ? 'scanned the active segment' : 'scanned nothing'}`);
  if (truncated !== undefined)
    console.log(`  recovery: cut ${truncated.bytes} bytes at the end, ${truncated.verdict}`);
  if (quarantined.length > 0) console.log(`  recovery: copied to quarantine: ${quarantined.length}`);
  for (const { from, to } of gaps) console.log(`  recovery: lost offsets ${from} to ${to - 1}`);
  console.log(`  recovery: the log ends at ${offsets.logEnd}`);
}

/** What a caller sees: the answer, or the code of the error and of what is behind it. */
async function attempt(what: string, call: () => Promise<string>): Promise<void> {
  try {
    console.log(`  ${what}: ${await call()}`);
  } catch (error) {
    if (!SeglogError.is(error)) throw error;
    const behind = SeglogError.is(error.cause)
      ? `, because of ${error.cause.code}: ${error.cause.message}`
      : '';
    console.log(`  ${what}: ${error.code}${behind}`);
  }
}
