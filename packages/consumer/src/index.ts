export { type CompactedView, type CompactedViewOptions, compactedView } from './compacted-view.js';
export { Consumer, type ConsumerOptions, type ConsumerStats } from './consumer.js';
export { CURSOR_TOPIC, type Cursor, type CursorEngine, Cursors, type CursorTarget } from './cursors.js';
