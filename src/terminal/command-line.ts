import yargs, { type Argv } from 'yargs';
import { VERSION } from '../version.js';
import { addCommands } from './commands.js';
import { finish, finishWithError } from './finish.js';
import { SoundkinError } from '../errors.js';

/** Parses the command line, runs one command, and ends the process with its status. */
export async function runCommandLine(args: readonly string[]): Promise<void> {
  const json = args.includes('--json');
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0); // whoever read our output has seen enough
    throw error;
  });
  try {
    let failure: unknown;
    const parser = addCommands(yargs([...args]) as Argv)
      .scriptName('soundkin')
      .usage('$0 <command>\n\nFinds which sounds are kin: measures a folder of sounds, clusters them, and lets you see, hear and take away the clusters.')
      .example('$0 cluster ~/Samples', 'cluster a folder, choose k, write a report')
      .example('$0 cluster ~/Samples --k 8 --labels folders', 'eight clusters, scored against the folders')
      .example('$0 show 3', 'the files of cluster 3, most typical first')
      .example('$0 play 3', 'hear them')
      .example('$0 export m3u8 --out playlists/', 'one playlist a cluster')
      .option('library', { type: 'string', default: 'soundkin-library', describe: 'Folder of the library', group: 'Everywhere:', normalize: true })
      .option('json', { type: 'boolean', default: false, describe: 'Print one JSON object, for scripts', group: 'Everywhere:' })
      .option('quiet', { type: 'boolean', default: false, describe: 'No progress', group: 'Everywhere:' })
      .demandCommand(1, 'Name a command.')
      .strict()
      .recommendCommands()
      .version(VERSION)
      .alias({ help: 'h', version: 'V' })
      .wrap(Math.min(100, process.stdout.columns ?? 80))
      .exitProcess(false)
      .fail((message: string | null, error: unknown) => {
        failure = error ?? new SoundkinError('USAGE', `${message?.replaceAll('\n', ' ') ?? 'The command line cannot be understood.'} See \`soundkin ${args[0] !== undefined && /^[a-z]+$/.test(args[0]) ? `${args[0]} ` : ''}--help\`.`);
        throw failure;
      });
    await parser.parseAsync();
    await finish(Number(process.exitCode ?? 0));
  } catch (error) {
    await finishWithError(error, json);
  }
}
