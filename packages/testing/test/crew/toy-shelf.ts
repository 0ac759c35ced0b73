import { serveStudies } from '../../src/crew/serve-studies.js';
import { TOY_STUDIES, toyStudy } from '../toy/toy-study.js';

/** In a worker, `process.exit` ends the thread. */
const FATAL = { ...toyStudy(), name: 'fatal to its thread', open: () => process.exit(3) };

serveStudies([...TOY_STUDIES, FATAL]);
