import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What of the package is used beside the backend that it registers. */
export interface TensorflowPackage {
  readonly version?: { readonly 'tfjs-node'?: string };
}

export type TensorflowPackageName = '@tensorflow/tfjs-node-gpu' | '@tensorflow/tfjs-node';

/**
 * Loads one of TensorFlow's packages: the one installed beside Soundkin, or the one that scripts/setup-tensorflow.mjs linked.
 *
 * @throws an Error of one line that says what is missing and how to get it.
 */
export async function loadTensorflow(name: TensorflowPackageName): Promise<TensorflowPackage> {
  const faults: string[] = [];
  const linked = linkedFolders(name).filter((folder) => existsSync(join(folder, 'node_modules', name)));
  // It has advice for the terminal, unless it finds TensorFlow.js told to be quiet; where there is none of it, TensorFlow.js is not loaded for that.
  if (isInstalled(name) || linked.length > 0) (await import('./tensors.js')).quieten();
  try {
    return (await import(name)) as TensorflowPackage;
  } catch (error) {
    faults.push(whyNot(name, error));
  }
  for (const folder of linked) {
    try {
      return createRequire(join(folder, 'package.json'))(name) as TensorflowPackage;
    } catch (error) {
      faults.push(whyNot(name, error));
    }
  }
  // What was set up on purpose tells more than what was never installed.
  throw new Error(faults.at(-1));
}

/** Whether a package is there, in whole or in part, without loading it. */
export function isInstalled(name: TensorflowPackageName): boolean {
  try {
    createRequire(import.meta.url).resolve(`${name}/package.json`);
    return true;
  } catch {
    return linkedFolders(name).some((folder) => existsSync(join(folder, 'node_modules', name)));
  }
}

/** Where scripts/setup-tensorflow.mjs puts what it links: where it was told, in a clone, or among the user's own data. */
function linkedFolders(name: TensorflowPackageName): string[] {
  const { SOUNDKIN_TENSORFLOW, XDG_DATA_HOME } = process.env;
  const folder = name.endsWith('-gpu') ? 'tensorflow-gpu' : 'tensorflow';
  const clone = ownFolder();
  return [
    ...(SOUNDKIN_TENSORFLOW === undefined || SOUNDKIN_TENSORFLOW === '' ? [] : [SOUNDKIN_TENSORFLOW]),
    ...(clone === undefined ? [] : [join(clone, '.tools', folder)]),
    join(XDG_DATA_HOME === undefined || XDG_DATA_HOME === '' ? join(homedir(), '.local', 'share') : XDG_DATA_HOME, 'soundkin', folder),
  ];
}

/** The folder of Soundkin's own package.json, wherever in it this file was bundled to. */
function ownFolder(): string | undefined {
  for (let folder = dirname(fileURLToPath(import.meta.url)); folder !== dirname(folder); folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder;
  }
  return undefined;
}

/** What Node's loader, the package's own check and the system's linker say, in a line that tells what to do. */
function whyNot(name: TensorflowPackageName, error: unknown): string {
  const { code, message } = error as { code?: string; message?: string };
  const first = String(message ?? error).split('\n')[0]!.trim();
  if (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') {
    const missing = /Cannot find (?:module|package) '([^']+)'/.exec(first)?.[1] ?? 'a part';
    return missing === name ? `${name} is not installed` : `${name} is installed in part: ${missing} is missing. Install it again.`;
  }
  if (/tfjs_binding\.node\) can not be found/.test(first)) return `${name} is installed without its native part, whose download failed. setup-tensorflow links it to a Python wheel instead.`;
  if (code === 'ERR_DLOPEN_FAILED') return `${name} does not load: ${first}. Install it again, or run setup-tensorflow.`;
  return `${name}: ${first}`;
}
