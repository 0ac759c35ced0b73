import { serveStudies } from '../../src/index.js';
import { ALL_LOG_STUDIES } from '../studies/all-log-studies.js';
import { logStudy } from '../studies/log-study.js';

serveStudies(ALL_LOG_STUDIES.map(logStudy));
