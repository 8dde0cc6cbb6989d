import type { Argv } from 'yargs';
import { print } from '../finish.js';
import { NAME, type Everywhere } from '../options.js';
import { runWithProgress } from '../run-with-progress.js';
import { withoutUndefined } from '../without-undefined.js';

const OWN = {
  count: { type: 'number', default: 5, describe: 'Sounds of a cluster to play', requiresArg: true },
  player: { type: 'string', describe: 'Program to play with, such as "mpv --no-video"', requiresArg: true },
} as const;

export function addPlay(parser: Argv<Everywhere>): Argv<Everywhere> {
  return parser.command(
    'play <what>',
    'Hear a cluster, its most typical sounds first, or a file',
    (args) =>
      args
        .positional('what', { type: 'string', demandOption: true, describe: 'A cluster, or a file' })
        .options({ ...OWN, ...NAME })
        .group(Object.keys({ ...OWN, ...NAME }), 'Options:')
        .example('$0 play 3 --count 10', 'the ten most typical sounds of cluster 3')
        .example('$0 play kick.wav', 'a file of the library, or any other'),
    async ({ library, what, count, player, name, json, quiet }) => {
      const { play } = await import('../../commands/play.js');
      const { printable, renderProblems } = await import('../render.js');
      const onSound = (path: string, i: number, total: number): void => {
        if (!json && !quiet) process.stdout.write(`${total > 1 ? `${i + 1}/${total} ` : ''}${printable(path)}\n`);
      };
      const outcome = await runWithProgress(true, ({ signal }) => play(withoutUndefined({ library, what, count, name, signal, player, onSound })));
      if (json) print(true, outcome, () => []);
      else if (outcome.problems.length > 0) print(false, outcome, () => renderProblems(outcome.problems));
      if (outcome.problems.length > 0) process.exitCode = 1;
    },
  );
}
