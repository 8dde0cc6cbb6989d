/** A track's identity within a library. */
export function idOf({ root, path }: { readonly root: string; readonly path: string }): string {
  return `${root}\0${path}`;
}
