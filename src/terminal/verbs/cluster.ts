import type { Argv } from 'yargs';
import type { ClusterOutcome } from '../../commands/cluster.js';
import { print } from '../finish.js';
import { ANALYSIS, ANALYSIS_GROUP, BACKEND, chosenK, CLUSTERING, FORCE, MACHINE, MACHINE_GROUP, NAME, SELECTION, type Everywhere } from '../options.js';
import { commandLine } from '../command-line-text.js';
import { runWithProgress } from '../run-with-progress.js';
import { withoutUndefined } from '../without-undefined.js';
import { statusOf } from './extract.js';

const OWN = {
  k: { type: 'string', default: 'auto', describe: 'Number of clusters, a range to choose from such as 2..12, or auto', requiresArg: true },
  labels: { type: 'string', describe: 'Known labels to score against: a CSV of path,label, folders, prefix, genre, artist or album', requiresArg: true },
  report: { type: 'boolean', default: true, describe: 'Write report.html into the library; --no-report leaves it' },
} as const;

export function addCluster(parser: Argv<Everywhere>): Argv<Everywhere> {
  return parser.command(
    'cluster [sounds..]',
    'Measure what is new, cluster, evaluate, and write a report',
    (args) =>
      args
        .positional('sounds', { type: 'string', array: true, default: [] as string[], describe: 'Files and folders; none takes all that the library has' })
        .options({ ...OWN, ...CLUSTERING, ...NAME, ...SELECTION, ...BACKEND, ...FORCE, ...MACHINE, ...ANALYSIS })
        .group(Object.keys({ ...OWN, ...CLUSTERING, ...NAME, ...SELECTION, ...BACKEND, ...FORCE }), 'Options:')
        .group(Object.keys(MACHINE), MACHINE_GROUP)
        .group(Object.keys(ANALYSIS), ANALYSIS_GROUP)
        .example('$0 cluster ~/Samples', 'choose k by elbow and silhouette')
        .example('$0 cluster a.wav b.flac Loops/ --k 4', 'files and folders together')
        .example('$0 cluster --k 12 --features seed', 'the library again, the classic way'),
    async (given) => {
      const chosen = chosenK(given.k);
      const { givenAnalysis } = await import('../../commands/given-analysis.js');
      const analysis = givenAnalysis(given);
      const { startThreads } = await import('../../commands/start-threads.js');
      const threads = given.sounds.length > 0 ? startThreads(given.workers) : undefined;
      const { cluster } = await import('../../commands/cluster.js');
      const { renderCluster } = await import('../render.js');
      const { library, sounds, seed, nInit, features, backend, labels, name, report, exclude, force, retryErrors, workers, memory } = given;
      const command = commandLine();
      const outcome = await runWithProgress(given.quiet || given.json, (watch) =>
        cluster(withoutUndefined({ ...chosen, library, sounds, seed, nInit, features, backend, labels, name, report, exclude, force, retryErrors, workers, memory, analysis, command, ...watch }), threads),
      ).finally(() => threads?.close());
      print(given.json, clusterObject(outcome), () => renderCluster(outcome));
      process.exitCode = statusOf(outcome.extraction);
    },
  );
}

/** What scripts get: stable names, no lists of tracks. */
function clusterObject({ extraction, ...outcome }: ClusterOutcome): object {
  const files = extraction === null ? { ok: outcome.sizes.reduce((sum, size) => sum + size, 0), failed: 0 } : extraction.files;
  return { ...outcome, files, problems: extraction?.problems ?? [], backend: outcome.backend };
}
