import type { Argv } from 'yargs';
import { print } from '../finish.js';
import { NAME, type Everywhere } from '../options.js';

const OWN = { labels: { type: 'string', demandOption: true, describe: 'A CSV of path,label, folders, prefix, genre, artist or album', requiresArg: true } } as const;

export function addEvaluate(parser: Argv<Everywhere>): Argv<Everywhere> {
  return parser.command(
    'evaluate',
    'Score the clustering against known labels',
    (args) =>
      args
        .options({ ...OWN, ...NAME })
        .group(Object.keys({ ...OWN, ...NAME }), 'Options:')
        .example('$0 evaluate --labels genres.csv', 'labels from a table of path,label')
        .example('$0 evaluate --labels folders', 'the folder a file lies in is its label'),
    async ({ library, labels, name, json }) => {
      const { evaluate } = await import('../../commands/evaluate.js');
      const { renderEvaluate } = await import('../render.js');
      const outcome = await evaluate({ library, labels, name });
      print(json, outcome, () => renderEvaluate(outcome));
    },
  );
}
