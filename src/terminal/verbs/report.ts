import type { Argv } from 'yargs';
import { print } from '../finish.js';
import { NAME, type Everywhere } from '../options.js';
import { runWithProgress } from '../run-with-progress.js';
import { withoutUndefined } from '../without-undefined.js';

const OWN = {
  out: { type: 'string', describe: 'File to write (report.html in the library by default)', requiresArg: true },
  title: { type: 'string', describe: 'Title of the page', requiresArg: true },
  previews: { type: 'number', default: 12, describe: 'Megabytes of sound to put into the page, so that it plays anywhere; 0 for none', requiresArg: true },
} as const;

export function addReport(parser: Argv<Everywhere>): Argv<Everywhere> {
  return parser.command(
    'report',
    'Write the clustering as one HTML page: picture, charts, players',
    (args) =>
      args
        .options({ ...OWN, ...NAME })
        .group(Object.keys({ ...OWN, ...NAME }), 'Options:')
        .example('$0 report --out drums.html --previews 30', 'a page to send to a friend'),
    async ({ library, name, previews, out, title, json, quiet }) => {
      const { report } = await import('../../commands/report.js');
      const outcome = await runWithProgress(quiet || json, ({ onProgress }) => report(withoutUndefined({ library, name, previewMegabytes: previews, out, title, onProgress })));
      print(json, outcome, () => [outcome.report]);
    },
  );
}
