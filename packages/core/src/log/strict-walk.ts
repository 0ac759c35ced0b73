import type { WalkContext } from './log-walk.js';
import type { WriteSideParts } from './write-side-parts.js';

/** Maintenance never derives anything from bytes that do not verify. */
export function strictWalk({ components, settings }: WriteSideParts): WalkContext {
  return {
    buffers: components.readBuffers,
    maxFrameBytes: settings.maxFrameBytes,
    verify: true,
    lenient: false,
    onDamage: (file, position, offset) =>
      components.observer.observe({ type: 'corruption', log: components.name, file, position, offset }),
  };
}
