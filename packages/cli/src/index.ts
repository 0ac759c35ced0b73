export { EXIT, type ExitCode } from './place/exit-code.js';
export { runCommand } from './run-command.js';
export { processTerminal, type Terminal } from './terminal/terminal.js';
