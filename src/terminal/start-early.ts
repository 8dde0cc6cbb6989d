/** Verbs that measure sounds. */
const VERBS: readonly (string | undefined)[] = ['cluster', 'extract'];
/** On more cores, more would only compete with the command's own start; the others start when there are tasks for them. */
const MOST = 2;

/**
 * Starts threads before the command line is even parsed, where it looks as if they will be needed: a thread takes as long to start as the command does to load, and
 * does so on another core. What looks wrong is for the parser to tell.
 */
export async function startEarly(args: readonly string[]): Promise<void> {
  const sounds = args.slice(1).some((argument) => !argument.startsWith('-'));
  if (!VERBS.includes(args[0]) || !sounds || args.some((argument) => argument === '--help' || argument === '-h')) return;
  const { startEarlyThreads } = await import('../commands/start-threads.js');
  const workers = /(?:^| )--workers[= ](\d+)/.exec(args.join(' '))?.[1];
  startEarlyThreads(Math.min(MOST, Number(workers ?? MOST)));
}
