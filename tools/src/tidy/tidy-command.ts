import { root } from '../root.js';
import { printFinding } from './finding.js';
import { readProject } from './read-project.js';
import { tidy } from './tidy.js';

const findings = tidy(readProject(root));
for (const finding of findings) console.log(printFinding(finding));
console.log(findings.length === 0 ? 'tidy: no findings' : `tidy: ${findings.length} findings`);
process.exitCode = findings.length === 0 ? 0 : 1;
