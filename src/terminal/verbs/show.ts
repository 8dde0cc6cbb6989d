import type { Argv } from 'yargs';
import { print } from '../finish.js';
import { NAME, type Everywhere } from '../options.js';
import { withoutUndefined } from '../without-undefined.js';

export function addShow(parser: Argv<Everywhere>): Argv<Everywhere> {
  return parser.command(
    'show [cluster]',
    'List the clusters, or the files of one, most typical first',
    (args) =>
      args
        .positional('cluster', { type: 'number', describe: 'A cluster' })
        .options(NAME)
        .group(Object.keys(NAME), 'Options:')
        .example('$0 show', 'all clusters')
        .example('$0 show 3', 'the files of cluster 3'),
    async ({ library, cluster, name, json }) => {
      const { show } = await import('../../commands/show.js');
      const { renderShow } = await import('../render.js');
      const outcome = await show(withoutUndefined({ library, name, cluster }));
      print(json, outcome, () => renderShow(outcome));
    },
  );
}
