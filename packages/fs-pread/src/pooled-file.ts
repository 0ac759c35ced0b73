/** A file that is open as far as its users know; its descriptor may be closed for a while. Owned by the pool. */
export class PooledFile {
  /** Where to find it again. Follows a rename. */
  public path: string;
  public readonly flags: number;
  public readonly device: bigint;
  public readonly inode: bigint;
  /** -1 while it is closed. */
  public descriptor: number;
  /** Calls under way: the descriptor stays open. */
  public uses = 0;
  /** True while it holds writes that no sync has covered: closing it could lose the report of their failure. */
  public unsynced = false;
  /** True once its last name is gone: it could not be opened again. */
  public unlinked = false;
  /** Used since the pool last looked at it. */
  public recent = true;
  /** Called when the last call under way has ended. */
  public onIdle: (() => void) | undefined;

  public constructor(
    path: string,
    flags: number,
    opened: { readonly descriptor: number; readonly device: bigint; readonly inode: bigint },
  ) {
    this.path = path;
    this.flags = flags;
    this.descriptor = opened.descriptor;
    this.device = opened.device;
    this.inode = opened.inode;
  }
}
