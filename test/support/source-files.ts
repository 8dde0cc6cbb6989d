import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The repository's root, with a slash at its end. */
export const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url));

/** Every file below a folder of the repository, relative to its root, with forward slashes, sorted. */
export function sourceFiles(folder: string, ...extensions: readonly string[]): string[] {
  return readdirSync(`${REPOSITORY}${folder}`, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && (extensions.length === 0 || extensions.some((extension) => entry.name.endsWith(extension))))
    .map((entry) => `${entry.parentPath}/${entry.name}`.replaceAll('\\', '/').slice(REPOSITORY.replaceAll('\\', '/').length))
    .sort();
}
