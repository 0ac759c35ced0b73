import type { StorageDirectory } from '../contract/storage-directory.js';
import { FileBytes } from '../journal/file-bytes.js';

const SLOT_BYTES = 4096;

/** Whether one of the two slots of a file was never written, or is zeros again. */
export async function hasEmptySlot(directory: StorageDirectory, name: string): Promise<boolean> {
  const file = await FileBytes.open(directory, name);
  if (file === undefined) return false;
  try {
    for (const position of [0, SLOT_BYTES]) {
      if ((await file.view(position, SLOT_BYTES)).every((byte) => byte === 0)) return true;
    }
    return false;
  } finally {
    await file.close();
  }
}
