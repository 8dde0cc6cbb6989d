import type { Argv } from 'yargs';
import { print } from '../finish.js';
import type { Everywhere } from '../options.js';
import { MAP } from '../queue-options.js';
import { runWithProgress } from '../run-with-progress.js';
import { withoutUndefined } from '../without-undefined.js';

export function addMerge(parser: Argv<Everywhere>): Argv<Everywhere> {
  return parser.command(
    'merge <others..>',
    'Copy what other libraries measured into this one, such as the parts of `extract --shard`',
    (args) =>
      args
        .positional('others', { type: 'string', array: true, demandOption: true, describe: 'Folders of libraries' })
        .options(MAP)
        .group(Object.keys(MAP), 'Options:')
        .example('$0 merge part-1 part-2 part-3 --library music', 'three parts in one library'),
    async (given) => {
      const { merge } = await import('../../commands/merge.js');
      const { renderMerge } = await import('../render-merge.js');
      const { library, others, map } = given;
      const outcome = await runWithProgress(given.quiet || given.json, (watch) => merge(withoutUndefined({ library, others, map, ...watch })));
      print(given.json, outcome, () => renderMerge(outcome));
      process.exitCode = outcome.problems.length > 0 ? 1 : 0;
    },
  );
}
