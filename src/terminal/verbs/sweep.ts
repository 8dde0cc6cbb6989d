import type { Argv } from 'yargs';
import { print } from '../finish.js';
import { BACKEND, CLUSTERING, kRangeOf, type Everywhere } from '../options.js';
import { runWithProgress } from '../run-with-progress.js';
import { withoutUndefined } from '../without-undefined.js';

const OWN = {
  k: { type: 'string', describe: 'Range of k, such as 2..16', requiresArg: true },
  memory: { type: 'string', describe: 'Memory for points, such as 2G; a sample is swept where they need more', requiresArg: true },
  out: { type: 'string', describe: 'Draw the curves into this SVG file as well', requiresArg: true },
} as const;

export function addSweep(parser: Argv<Everywhere>): Argv<Everywhere> {
  return parser.command(
    'sweep',
    'Cluster with a range of k: elbow and silhouette, and which k they suggest',
    (args) =>
      args
        .options({ ...OWN, ...CLUSTERING, ...BACKEND })
        .group(Object.keys({ ...OWN, ...CLUSTERING, ...BACKEND }), 'Options:')
        .example('$0 sweep --k 2..30', 'every number of clusters from 2 to 30')
        .example('$0 sweep --out curves.svg', 'with a picture'),
    async (given) => {
      const kRange = given.k === undefined ? undefined : kRangeOf(given.k);
      const { sweep } = await import('../../commands/sweep.js');
      const { renderSweep } = await import('../render.js');
      const { library, features, backend, seed, nInit, out, memory } = given;
      const outcome = await runWithProgress(given.quiet || given.json, ({ onProgress }) =>
        sweep(withoutUndefined({ library, features, backend, seed, nInit, kRange, out, memory, onProgress })),
      );
      print(given.json, outcome, () => renderSweep(outcome));
    },
  );
}
