import { serveStudies } from '../../src/crew/serve-studies.js';
import { TOY_STUDIES } from '../toy/toy-study.js';

serveStudies(TOY_STUDIES);
