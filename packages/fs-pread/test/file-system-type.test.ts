import { expect, test } from 'vitest';
import { typeOfMount } from '../src/file-system-type.js';

const MOUNTS = `22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:0 / / rw,relatime shared:1 master:2 - ext4 /dev/vda rw
30 27 0:40 / /data rw - xfs /dev/vdb rw
31 27 0:41 / /data/old rw shared:3 - nfs4 server:/old rw
32 27 0:42 / /mnt/my\\040disk rw - btrfs /dev/vdc rw
33 27 0:43 / /data rw - tmpfs tmpfs rw
`;

test.each([
  ['/', 'ext4'],
  ['/home/me', 'ext4'],
  ['/database', 'ext4'],
  ['/data/old', 'nfs4'],
  ['/data/old/logs', 'nfs4'],
  ['/data/logs', 'tmpfs'],
  ['/mnt/my disk/logs', 'btrfs'],
  ['/mnt/my', 'ext4'],
])(
  '%s lies on %s: of the mounts that a path is inside of, the deepest, and the last one there',
  (path, type) => {
    expect(typeOfMount(MOUNTS, path)).toBe(type);
  },
);

test('where nothing is mounted, nothing is said', () => {
  expect(typeOfMount('', '/data')).toBeUndefined();
});
