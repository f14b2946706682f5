/** How to start labd on one kind of kernel. */
export interface Launch {
  readonly kind: 'uml' | 'namespaces';
  /**
   * Program and arguments of the outermost process; labd's link is its file descriptor 3, `folder` holds labd and its
   * scripts and may be written to until the lab ends.
   */
  command(folder: string): { argv: readonly string[]; env: Readonly<Record<string, string>> };
}
