import yargs, { type Argv } from 'yargs';
import { SoundkinError } from '../errors.js';
import { VERSION } from '../version.js';
import { addCommands, VERB_NAMES } from './commands.js';
import { finish, finishWithError } from './finish.js';
import { EVERYWHERE, MANY } from './options.js';
import { terminalWidth } from './text-width.js';

/** The parser's own sentences, in ours. */
const SENTENCES = {
  'Not enough non-option arguments: got %s, need at least %s': { one: 'expected an argument that is missing: got %s, need at least %s.', other: 'expected arguments that are missing: got %s, need at least %s.' },
  'Missing required argument: %s': { one: 'expected --%s, which is missing.', other: 'expected --%s, which are missing.' },
  'Not enough arguments following: %s': 'expected a value behind --%s, got none.',
  'Unknown argument: %s': { one: 'expected known arguments, got %s.', other: 'expected known arguments, got %s.' },
  'Invalid values:': 'expected other values:',
  'Argument: %s, Given: %s, Choices: %s': '%s got %s, but takes %s.',
};

/** Parses the command line, runs one command, and ends the process with its status. */
export async function runCommandLine(args: readonly string[]): Promise<void> {
  const options = args.includes('--') ? args.slice(0, args.indexOf('--')) : args;
  const json = options.includes('--json');
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(Number(process.exitCode ?? 0)); // whoever read our output has seen enough
    throw error;
  });
  process.stderr.on('error', () => undefined); // a run goes on when nobody watches it
  process.on('uncaughtException', (error) => void finishWithError(error, json));
  try {
    await createParser(asParsed(args)).parseAsync();
    await finish(Number(process.exitCode ?? 0));
  } catch (error) {
    await finishWithError(error, json);
  }
}

function createParser(args: readonly string[]): Argv<unknown> {
  const parser = yargs([...args])
    .scriptName('soundkin')
    .usage('$0 <command>\n\nFinds which sounds are kin: measures a folder of sounds, clusters them, and lets you see, hear and take away the clusters.')
    .options(EVERYWHERE)
    .group([...Object.keys(EVERYWHERE), 'help', 'version'], 'Everywhere:') as unknown as Parameters<typeof addCommands>[0];
  keepHelpForWhoAsks(parser);
  return addCommands(parser)
    .example('$0 cluster ~/Samples', 'cluster a folder, choose k, write a report')
    .example('$0 cluster ~/Samples --k 8 --labels folders', 'eight clusters, scored against the folders')
    .example('$0 show 3', 'the files of cluster 3, most typical first')
    .example('$0 play 3', 'hear them')
    .example('$0 export m3u8 --out playlists/', 'one playlist a cluster')
    .demandCommand(1, 'Name a command.')
    .strict()
    .recommendCommands()
    .check(requireNumbers, true)
    .version(VERSION)
    .alias({ help: 'h', version: 'V' })
    .locale('en')
    .updateStrings(SENTENCES as unknown as Record<string, string>)
    .middleware(takeLast, true)
    .wrap(Math.min(100, terminalWidth()))
    .exitProcess(false)
    .fail((message: string | null, error: unknown) => {
      throw error instanceof SoundkinError ? error : usageError(message ?? String(error), args);
    });
}

/**
 * The parser renders a verb's help whenever it has begun to run one, for faults to come, which we tell of in our own words. On a fresh start that takes longer than all
 * its parsing.
 */
function keepHelpForWhoAsks(parser: object): void {
  const usage = (parser as { getInternalMethods?(): { getUsageInstance?(): { cacheHelpMessage: () => void } } }).getInternalMethods?.().getUsageInstance?.();
  if (usage !== undefined) usage.cacheHelpMessage = () => undefined;
}

/** Twice the same option: the last one counts, as people expect who edit a line. (The parser's own switch for it would take the last sound only.) */
function takeLast(given: Record<string, unknown>): void {
  for (const [key, value] of Object.entries(given)) if (Array.isArray(value) && !['_', '--', 'sounds', ...MANY].includes(key)) given[key] = value.at(-1);
}

/** The arguments as the parser knows them: help where nothing, or `help`, was said; and what stands behind `--` as names, which it would not hand to a verb. */
function asParsed(args: readonly string[]): string[] {
  if (args.length === 0) return ['--help'];
  if (args[0] === 'help') return [...args.slice(1), '--help'];
  const end = args.indexOf('--');
  return end < 0 ? [...args] : [...args.slice(0, end), ...args.slice(end + 1).map((name) => (name.startsWith('-') ? `./${name}` : name))];
}

function usageError(message: string, args: readonly string[]): SoundkinError {
  const verb = args.find((argument) => VERB_NAMES.includes(argument));
  const first = args.find((argument) => !argument.startsWith('-'));
  if (verb !== undefined) return new SoundkinError('USAGE', `${verb}: ${message.trim().replace(/\s+/g, ' ')} See \`soundkin ${verb} --help\`.`);
  const hint = /^Did you mean (\S+)\?$/.exec(message);
  const got = first === undefined ? 'none' : `"${first}"`;
  return new SoundkinError('USAGE', `expected a command (${VERB_NAMES.join(', ')}), got ${got}. ${hint === null ? '' : `Did you mean ${hint[1]}? `}See \`soundkin --help\`.`);
}

/** What should be a number and is none came out of the parser as NaN. */
function requireNumbers(given: Readonly<Record<string, unknown>>): true {
  const wrong = Object.keys(given).find((key) => Number.isNaN(given[key]));
  if (wrong === undefined) return true;
  const verb = String((given['_'] as unknown[] | undefined)?.[0] ?? 'soundkin');
  throw new SoundkinError('USAGE', `${verb}: expected a number for ${wrong === 'cluster' ? 'the cluster' : `--${wrong}`}, got something else. See \`soundkin ${verb} --help\`.`);
}
