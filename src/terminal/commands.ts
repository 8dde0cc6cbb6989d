import type { Argv } from 'yargs';
import type { ClusterOutcome } from '../commands/cluster.js';
import type { ExportFormat } from '../commands/export.js';
import type { ExtractOutcome } from '../commands/extract.js';
import type { BackendName } from '../device/device.js';
import { SoundkinError } from '../errors.js';
import type { FeatureLayoutName } from '../features/feature-set.js';
import { print } from './finish.js';
import { analysisOf, analysisOptions, backendOption, featuresOption, kOf, kRangeOf, seedOption, type AnalysisArguments } from './options.js';
import { runWithProgress } from './run-with-progress.js';

interface Everywhere {
  readonly library: string;
  readonly json: boolean;
  readonly quiet: boolean;
}

/** Files that failed do not stop a run, but whoever called must learn of them. */
function statusOf(extraction: ExtractOutcome | null): number {
  return extraction !== null && extraction.problems.length > 0 ? 1 : 0;
}

/** Adds every verb to the parser. What a verb needs is imported when it runs, so that help is instant. */
export function addCommands(parser: Argv): Argv {
  return [addCluster, addExtract, addSweep, addEvaluate, addShow, addPlay, addExport, addReport, addDoctor].reduce((built, add) => add(built), parser);
}

function addCluster(parser: Argv): Argv {
  return parser.command(
    'cluster [sounds..]',
    'Measure what is new, cluster, evaluate, and write a report',
    (args) =>
      analysisOptions(seedOption(featuresOption(backendOption(args))))
        .positional('sounds', { type: 'string', array: true, describe: 'Files and folders; none takes all that the library has' })
        .option('k', { type: 'string', default: 'auto', describe: 'Number of clusters, a range to choose from such as 2..12, or auto' })
        .option('n-init', { type: 'number', default: 10, describe: 'Restarts of k-means' })
        .option('labels', { type: 'string', describe: 'Known labels to score against: a CSV of path,label, or folders, or prefix' })
        .option('name', { type: 'string', default: 'default', describe: 'Keep the clustering under this name' })
        .option('report', { type: 'boolean', default: true, describe: 'Write report.html into the library' })
        .option('force', { type: 'boolean', default: false, describe: 'Measure again what has not changed' })
        .example('$0 cluster ~/Samples', 'choose k by elbow and silhouette')
        .example('$0 cluster a.wav b.flac Loops/ --k 4', 'files and folders together')
        .example('$0 cluster --k 12 --features seed', 'the library again, the classic way'),
    async (argv) => {
      const given = argv as unknown as Everywhere & AnalysisArguments & { sounds?: string[]; k: string; nInit: number; labels?: string; name: string; report: boolean; force: boolean; seed: number; features: FeatureLayoutName; backend: BackendName | 'auto' };
      const { cluster } = await import('../commands/cluster.js');
      const { renderCluster } = await import('./render.js');
      const range = /^\d+\.\.\d+$/.test(given.k) ? kRangeOf(given.k) : undefined;
      const outcome = await runWithProgress(given.quiet || given.json, (watch) =>
        cluster({
          library: given.library,
          sounds: given.sounds ?? [],
          k: range === undefined ? kOf(given.k) : 'auto',
          nInit: given.nInit,
          seed: given.seed,
          features: given.features,
          backend: given.backend,
          name: given.name,
          report: given.report,
          force: given.force,
          analysis: analysisOf(given),
          ...(range && { kRange: range }),
          ...(given.labels !== undefined && { labels: given.labels }),
          ...watch,
        }),
      );
      print(given.json, clusterObject(outcome), () => renderCluster(outcome));
      process.exitCode = statusOf(outcome.extraction);
    },
  );
}

/** What scripts get: stable names, no lists of tracks. */
function clusterObject({ extraction, ...outcome }: ClusterOutcome): object {
  const files = extraction === null ? { ok: outcome.sizes.reduce((sum, size) => sum + size, 0), failed: 0 } : extraction.files;
  return { ...outcome, files, problems: extraction?.problems ?? [], backend: extraction?.device?.backend ?? null };
}

function addExtract(parser: Argv): Argv {
  return parser.command(
    'extract <sounds..>',
    'Measure sounds into the library; again measures only what is new or changed',
    (args) =>
      analysisOptions(backendOption(args))
        .positional('sounds', { type: 'string', array: true, demandOption: true, describe: 'Files and folders' })
        .option('force', { type: 'boolean', default: false, describe: 'Measure again what has not changed' })
        .example('$0 extract ~/Music --library music', 'a library of its own'),
    async (argv) => {
      const given = argv as unknown as Everywhere & AnalysisArguments & { sounds: string[]; force: boolean; backend: BackendName | 'auto' };
      const { extract } = await import('../commands/extract.js');
      const { interrupted } = await import('../commands/cluster.js');
      const { renderExtraction, renderProblems } = await import('./render.js');
      const outcome = await runWithProgress(given.quiet || given.json, (watch) =>
        extract({ library: given.library, sounds: given.sounds, force: given.force, backend: given.backend, analysis: analysisOf(given), ...watch }),
      );
      if (outcome.interrupted) throw interrupted();
      const { tracks: _, device, ...rest } = outcome;
      print(given.json, { ...rest, backend: device?.backend ?? null }, () => [...renderProblems(outcome.problems), ...renderExtraction(outcome)]);
      process.exitCode = statusOf(outcome);
    },
  );
}

function addSweep(parser: Argv): Argv {
  return parser.command(
    'sweep',
    'Cluster with a range of k: elbow and silhouette, and which k they suggest',
    (args) =>
      seedOption(featuresOption(backendOption(args)))
        .option('k', { type: 'string', describe: 'Range of k, such as 2..16' })
        .option('n-init', { type: 'number', default: 10, describe: 'Restarts of k-means' })
        .option('out', { type: 'string', describe: 'Write the picture to this SVG file as well' })
        .example('$0 sweep --k 2..30', ''),
    async (argv) => {
      const given = argv as unknown as Everywhere & { k?: string; nInit: number; seed: number; out?: string; features: FeatureLayoutName; backend: BackendName | 'auto' };
      const { sweep } = await import('../commands/sweep.js');
      const { renderSweep } = await import('./render.js');
      const outcome = await runWithProgress(given.quiet || given.json, ({ onProgress }) =>
        sweep({
          library: given.library,
          features: given.features,
          backend: given.backend,
          seed: given.seed,
          nInit: given.nInit,
          ...(given.k !== undefined && { kRange: kRangeOf(given.k) }),
          ...(given.out !== undefined && { out: given.out }),
          onProgress,
        }),
      );
      print(given.json, outcome, () => renderSweep(outcome));
    },
  );
}

function addEvaluate(parser: Argv): Argv {
  return parser.command(
    'evaluate',
    'Score the clustering against known labels',
    (args) =>
      args
        .option('labels', { type: 'string', demandOption: true, describe: 'A CSV of path,label, or folders, or prefix' })
        .option('name', { type: 'string', default: 'default', describe: 'The clustering' })
        .example('$0 evaluate --labels genres.csv', ''),
    async (argv) => {
      const given = argv as unknown as Everywhere & { labels: string; name: string };
      const { evaluate } = await import('../commands/evaluate.js');
      const { renderEvaluate } = await import('./render.js');
      const outcome = await evaluate({ library: given.library, labels: given.labels, name: given.name });
      print(given.json, outcome, () => renderEvaluate(outcome));
    },
  );
}

function addShow(parser: Argv): Argv {
  return parser.command(
    'show [cluster]',
    'List the clusters, or the files of one, most typical first',
    (args) =>
      args
        .positional('cluster', { type: 'number', describe: 'A cluster' })
        .option('name', { type: 'string', default: 'default', describe: 'The clustering' })
        .example('$0 show', 'all clusters')
        .example('$0 show 3', 'the files of cluster 3'),
    async (argv) => {
      const given = argv as unknown as Everywhere & { cluster?: number; name: string };
      const { show } = await import('../commands/show.js');
      const { renderShow } = await import('./render.js');
      if (Number.isNaN(given.cluster)) throw new SoundkinError('USAGE', 'show: expected the number of a cluster. `soundkin show` lists them.');
      const outcome = await show({ library: given.library, name: given.name, ...(given.cluster !== undefined && { cluster: given.cluster }) });
      print(given.json, outcome, () => renderShow(outcome));
    },
  );
}

function addPlay(parser: Argv): Argv {
  return parser.command(
    'play <what>',
    'Hear a cluster, its most typical sounds first, or a file',
    (args) =>
      args
        .positional('what', { type: 'string', demandOption: true, describe: 'A cluster, or a file' })
        .option('count', { type: 'number', default: 5, describe: 'Sounds of a cluster to play' })
        .option('player', { type: 'string', describe: 'Program to play with, such as "mpv --no-video"' })
        .option('name', { type: 'string', default: 'default', describe: 'The clustering' })
        .example('$0 play 3 --count 10', '')
        .example('$0 play kick.wav', ''),
    async (argv) => {
      const given = argv as unknown as Everywhere & { what: string; count: number; player?: string; name: string };
      const { play } = await import('../commands/play.js');
      const outcome = await runWithProgress(true, ({ signal }) =>
        play({
          library: given.library,
          what: String(given.what),
          count: given.count,
          name: given.name,
          signal,
          ...(given.player !== undefined && { player: given.player }),
          ...(!given.json && !given.quiet && { onSound: (path: string, i: number, total: number) => void process.stdout.write(`${total > 1 ? `${i + 1}/${total} ` : ''}${path}\n`) }),
        }),
      );
      if (given.json) print(true, outcome, () => []);
    },
  );
}

function addExport(parser: Argv): Argv {
  return parser.command(
    'export <format>',
    'Take the clusters away: playlists, CSV, JSON or Parquet',
    (args) =>
      args
        .positional('format', { choices: ['m3u8', 'csv', 'json', 'parquet'] as const, demandOption: true })
        .option('out', { type: 'string', describe: 'File to write; for m3u8 also a folder, one playlist a cluster' })
        .option('cluster', { type: 'number', describe: 'Only this cluster' })
        .option('name', { type: 'string', default: 'default', describe: 'The clustering' })
        .example('$0 export csv > clusters.csv', '')
        .example('$0 export m3u8 --cluster 3 --out bass.m3u8', ''),
    async (argv) => {
      const given = argv as unknown as Everywhere & { format: ExportFormat; out?: string; cluster?: number; name: string };
      const { exportClustering } = await import('../commands/export.js');
      const outcome = await exportClustering({
        library: given.library,
        format: given.format,
        name: given.name,
        ...(given.out !== undefined && { out: given.out }),
        ...(given.cluster !== undefined && { cluster: given.cluster }),
      });
      if (outcome.text !== null && !given.json) process.stdout.write(outcome.text);
      else print(given.json, outcome, () => outcome.written);
    },
  );
}

function addReport(parser: Argv): Argv {
  return parser.command(
    'report',
    'Write the clustering as one HTML page: picture, charts, players',
    (args) =>
      args
        .option('out', { type: 'string', describe: 'File to write (report.html in the library by default)' })
        .option('title', { type: 'string', describe: 'Title of the page' })
        .option('previews', { type: 'number', default: 12, describe: 'Megabytes of sound to put into the page, so that it plays anywhere; 0 for none' })
        .option('name', { type: 'string', default: 'default', describe: 'The clustering' }),
    async (argv) => {
      const given = argv as unknown as Everywhere & { out?: string; title?: string; previews: number; name: string };
      const { report } = await import('../commands/report.js');
      const outcome = await runWithProgress(given.quiet || given.json, ({ onProgress }) =>
        report({
          library: given.library,
          name: given.name,
          previewMegabytes: given.previews,
          ...(given.out !== undefined && { out: given.out }),
          ...(given.title !== undefined && { title: given.title }),
          onProgress,
        }),
      );
      print(given.json, outcome, () => [outcome.report]);
    },
  );
}

function addDoctor(parser: Argv): Argv {
  return parser.command(
    'doctor',
    'Tell which backends, formats and players work on this machine',
    (args) => args,
    async (argv) => {
      const given = argv as unknown as Everywhere;
      const { doctor } = await import('../commands/doctor.js');
      const { renderDoctor } = await import('./render.js');
      const outcome = await doctor();
      print(given.json, outcome, () => renderDoctor(outcome));
    },
  );
}
