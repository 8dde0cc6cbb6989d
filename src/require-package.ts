import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/**
 * Loads a package of CommonJS modules at its first use. An import of one first reads all its files for the names they export: with DuckDB's that takes longer than
 * loading them.
 */
export function requirePackage<T>(name: string): T {
  return require(name) as T;
}
