export { type CompactedView, type CompactedViewOptions, compactedView } from './compacted-view.js';
export { Consumer, type ConsumerStats } from './consumer.js';
export type { ConsumerOptions } from './consumer-options.js';
export { CURSOR_TOPIC, type Cursor, type CursorEngine, Cursors, type CursorTarget } from './cursors.js';
