import { existsSync } from 'node:fs';

/** Where Debian's chromium package puts SwiftShader, a Vulkan driver that is a program for the CPU. */
export const SWIFTSHADER = '/usr/lib/chromium/vk_swiftshader_icd.json';

/**
 * Lets `webgpu` open on a machine without a graphics card: allows software adapters and, where nothing else is chosen, points the Vulkan loader at
 * SwiftShader. To be called before the backend opens. Where SwiftShader is not there, the machine's own adapter is used.
 */
export function allowSoftwareGpu(): void {
  process.env['SOUNDKIN_SOFTWARE_GPU'] = '1';
  if (process.env['VK_DRIVER_FILES'] === undefined && existsSync(SWIFTSHADER)) useVulkanDriver(SWIFTSHADER);
}

/** Makes the Vulkan loader see this driver and no other. It reads the variables when an adapter is next asked for. */
export function useVulkanDriver(path: string): void {
  process.env['VK_DRIVER_FILES'] = path;
  process.env['VK_ICD_FILENAMES'] = path;
}
