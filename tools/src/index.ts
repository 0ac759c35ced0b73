export { thisCommit } from './figures/circumstances.js';
export type { Figure, Figures, FigureValue, Machine } from './figures/figure.js';
export { figuresFile, readFigures } from './figures/figures-file.js';
export { type RecordingOptions, recordFigures } from './figures/record-figures.js';
export { GoldenCorpus, plain } from './golden/golden-corpus.js';
export { misplaced } from './planted/misplaced.js';
export type { Mutation, PlantedBug } from './planted/mutation.js';
export { catchAll, type PlantedResult, type PoolOptions } from './planted/planted-pool.js';
export { recordSearch, type SearchPlan, type SearchRecording, searchPlan } from './search/search-plan.js';
