import { readdirSync } from 'node:fs';
import { constants, setPriority } from 'node:os';

/** What --priority takes. */
export const PRIORITIES = ['normal', 'low'] as const;
export type Priority = (typeof PRIORITIES)[number];

/** Whether somebody is likely to sit at this machine. */
export function isDesktop(platform: NodeJS.Platform = process.platform, environment: Readonly<NodeJS.ProcessEnv> = process.env): boolean {
  if (platform === 'darwin' || platform === 'win32') return true;
  return ['DISPLAY', 'WAYLAND_DISPLAY', 'XDG_CURRENT_DESKTOP'].some((name) => (environment[name] ?? '') !== '');
}

/**
 * Lets other programs go first, where that is wanted: threads and programs that are started afterwards do so too.
 *
 * @param priority what was asked for; by default low on a desktop, as it is elsewhere.
 * @returns whether this process now gives way.
 */
export function bePolite(priority: Priority = isDesktop() ? 'low' : 'normal'): boolean {
  if (priority !== 'low') return false;
  const { PRIORITY_BELOW_NORMAL } = constants.priority;
  try {
    setPriority(PRIORITY_BELOW_NORMAL);
    // Linux counts by the thread: those that Node has started by now are told one by one.
    if (process.platform === 'linux') for (const thread of readdirSync('/proc/self/task')) setPriority(Number(thread), PRIORITY_BELOW_NORMAL);
    return true;
  } catch {
    return false; // it was a courtesy
  }
}
