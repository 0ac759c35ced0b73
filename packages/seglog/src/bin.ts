#!/usr/bin/env node
import { processTerminal, runCommand } from '@seglog/cli';

const ending = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ending.abort());
// A reader that has gone ends the command quietly: the writer notices.
process.stdout.on('error', () => undefined);
process.exitCode = await runCommand(process.argv.slice(2), processTerminal(ending.signal));
