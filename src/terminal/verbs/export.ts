import type { Argv } from 'yargs';
import type { ExportFormat } from '../../commands/export.js';
import { print } from '../finish.js';
import { NAME, type Everywhere } from '../options.js';
import { withoutUndefined } from '../without-undefined.js';

const FORMATS: readonly ExportFormat[] = ['m3u8', 'csv', 'json', 'parquet'];

const OWN = {
  out: { type: 'string', describe: 'File to write; for m3u8 also a folder, one playlist a cluster', requiresArg: true },
  cluster: { type: 'number', describe: 'Only this cluster', requiresArg: true },
} as const;

export function addExport(parser: Argv<Everywhere>): Argv<Everywhere> {
  return parser.command(
    'export <format>',
    'Take the clusters away: playlists, CSV, JSON or Parquet',
    (args) =>
      args
        .positional('format', { choices: FORMATS, demandOption: true, describe: 'What to write' })
        .options({ ...OWN, ...NAME })
        .group(Object.keys({ ...OWN, ...NAME }), 'Options:')
        .example('$0 export csv > clusters.csv', 'path,cluster,distance')
        .example('$0 export m3u8 --out playlists/', 'one playlist a cluster')
        .example('$0 export m3u8 --cluster 3 --out bass.m3u8', 'one playlist of one cluster'),
    async ({ library, format, name, out, cluster, json }) => {
      const { exportClustering } = await import('../../commands/export.js');
      const toText = !json && out === undefined && format !== 'parquet';
      const outcome = await exportClustering({ ...withoutUndefined({ library, format, name, out, cluster }), ...(toText && { onText: write }) });
      if (!toText) print(json, outcome, () => outcome.written);
    },
  );
}

/** Waits where the reader is slow, so that a large library is not put into memory to wait there. */
function write(piece: string): Promise<void> {
  return new Promise((resolve) => (process.stdout.write(piece) ? resolve() : void process.stdout.once('drain', resolve)));
}
