import type { WalkContext } from './log-walk.js';
import type { WriteSideParts } from './write-side-parts.js';

/** Maintenance never derives anything from bytes that do not verify. */
export function strictWalk({ components }: WriteSideParts): WalkContext {
  return {
    buffers: components.readBuffers,
    verify: true,
    lenient: false,
    onDamage: (file, position, offset) =>
      components.observer.observe({ type: 'corruption', log: components.name, file, position, offset }),
  };
}
