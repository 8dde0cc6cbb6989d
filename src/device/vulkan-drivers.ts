import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/**
 * Why no Vulkan driver can open on this Linux machine. Dawn would find none either, but complain on the terminal from native code, and give no reason.
 *
 * @returns undefined where at least one driver is whole, or there is another system here.
 * @see the Vulkan loader's documentation, "Driver Discovery on Linux".
 */
export function vulkanFault(): string | undefined {
  if (process.platform !== 'linux') return undefined;
  const manifests = driverManifests();
  if (manifests.length === 0) return 'no Vulkan driver is installed';
  if (!loads('libvulkan.so.1')) return 'the Vulkan loader (libvulkan.so.1) is not installed; on Debian: apt-get install libvulkan1';
  const faults = manifests.map(manifestFault);
  return faults.includes(undefined) ? undefined : `no Vulkan driver is whole: ${faults.join('; ')}`;
}

function driverManifests(): string[] {
  const { VK_DRIVER_FILES, VK_ICD_FILENAMES, VK_ADD_DRIVER_FILES, XDG_CONFIG_DIRS, XDG_DATA_DIRS, XDG_DATA_HOME, XDG_CONFIG_HOME } = process.env;
  const named = (list: string | undefined): string[] => (list ?? '').split(':').filter((path) => path !== '').flatMap(manifestsAt);
  // Naming drivers hides the system's own.
  if (VK_DRIVER_FILES || VK_ICD_FILENAMES) return named(VK_DRIVER_FILES || VK_ICD_FILENAMES);
  const folders = [
    XDG_CONFIG_HOME ?? join(homedir(), '.config'),
    ...(XDG_CONFIG_DIRS ?? '/etc/xdg').split(':'),
    '/etc',
    XDG_DATA_HOME ?? join(homedir(), '.local', 'share'),
    ...(XDG_DATA_DIRS ?? '/usr/local/share:/usr/share').split(':'),
  ];
  return [...named(VK_ADD_DRIVER_FILES), ...folders.flatMap((folder) => manifestsAt(join(folder, 'vulkan', 'icd.d')))];
}

/** A manifest, or those in a folder. */
function manifestsAt(path: string): string[] {
  if (path.endsWith('.json')) return existsSync(path) ? [path] : [];
  try {
    return readdirSync(path).filter((name) => name.endsWith('.json')).map((name) => join(path, name));
  } catch {
    return []; // not there, or not to be read: the loader passes over it as well
  }
}

function manifestFault(path: string): string | undefined {
  let library: unknown;
  try {
    library = (JSON.parse(readFileSync(path, 'utf8')) as { ICD?: { library_path?: unknown } }).ICD?.library_path;
  } catch {
    return `${path} cannot be read`;
  }
  if (typeof library !== 'string') return `${path} names no library`;
  // A path is relative to the manifest; a name is looked for by the system's linker.
  const target = library.includes('/') ? resolve(dirname(path), library) : library;
  return loads(target) ? undefined : `${path} names ${library}, which does not load`;
}

/** Whether the system's linker opens a library: Node says so of one that is no addon, before it says that. */
function loads(library: string): boolean {
  try {
    process.dlopen({ exports: {} }, library);
    return true;
  } catch (error) {
    return /did not self-register|Module version mismatch|NODE_MODULE_VERSION/i.test((error as Error).message);
  }
}
