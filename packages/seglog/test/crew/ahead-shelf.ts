import { serveStudies } from '@seglog/testing';
import { AHEAD_STUDIES } from '../ahead-studies.js';
import { aheadStudy } from '../ahead-study.js';

serveStudies(AHEAD_STUDIES.map(aheadStudy));
