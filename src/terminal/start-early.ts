import { bePolite, PRIORITIES } from './be-polite.js';

/** Verbs that measure sounds. */
const VERBS: readonly (string | undefined)[] = ['cluster', 'extract'];
/** Verbs that may keep a machine busy for hours. */
const LONG_VERBS: readonly (string | undefined)[] = [...VERBS, 'worker'];
/** On more cores, more would only compete with the command's own start; the others start when there are tasks for them. */
const MOST = 2;

/**
 * Starts threads before the command line is even parsed, where it looks as if they will be needed: a thread takes as long to start as the command does to load, and
 * does so on another core. They have the process's priority, so that is set before. What looks wrong is for the parser to tell.
 */
export async function startEarly(args: readonly string[]): Promise<void> {
  if (args.some((argument) => argument === '--help' || argument === '-h')) return;
  const last = (option: string): string | undefined => [...args.join(' ').matchAll(new RegExp(`(?:^| )--${option}[= ](\\w+)`, 'g'))].at(-1)?.[1];
  if (LONG_VERBS.includes(args[0])) bePolite(PRIORITIES.find((priority) => priority === last('priority')));
  const sounds = args.slice(1).some((argument) => !argument.startsWith('-'));
  if (!VERBS.includes(args[0]) || !sounds) return;
  const { startEarlyThreads } = await import('../commands/start-threads.js');
  const workers = /^\d+$/.exec(last('workers') ?? '')?.[0];
  startEarlyThreads(Math.min(MOST, Number(workers ?? MOST)));
}
