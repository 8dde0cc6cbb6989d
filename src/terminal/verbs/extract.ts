import type { Argv } from 'yargs';
import type { ExtractOutcome } from '../../commands/extract.js';
import { print } from '../finish.js';
import { ANALYSIS, ANALYSIS_GROUP, BACKEND, FORCE, MACHINE, MACHINE_GROUP, type Everywhere } from '../options.js';
import { runWithProgress } from '../run-with-progress.js';
import { withoutUndefined } from '../without-undefined.js';

export function addExtract(parser: Argv<Everywhere>): Argv<Everywhere> {
  return parser.command(
    'extract <sounds..>',
    'Measure sounds into the library; again measures only what is new or changed',
    (args) =>
      args
        .positional('sounds', { type: 'string', array: true, demandOption: true, describe: 'Files and folders' })
        .options({ ...BACKEND, ...FORCE, ...MACHINE, ...ANALYSIS })
        .group(Object.keys({ ...BACKEND, ...FORCE }), 'Options:')
        .group(Object.keys(MACHINE), MACHINE_GROUP)
        .group(Object.keys(ANALYSIS), ANALYSIS_GROUP)
        .example('$0 extract ~/Music --library music', 'a library of its own'),
    async (given) => {
      const { startThreads } = await import('../../commands/start-threads.js');
      const threads = startThreads(given.workers);
      const { extract } = await import('../../commands/extract.js');
      const { renderExtraction, renderProblems } = await import('../render.js');
      const { library, sounds, force, backend, workers, memory, sampleRate, nFft, hopLength } = given;
      const outcome = await runWithProgress(given.quiet || given.json, (watch) =>
        extract(withoutUndefined({ library, sounds, force, backend, workers, memory, analysis: withoutUndefined({ sampleRate, nFft, hopLength }), ...watch }), threads),
      ).finally(() => threads.close());
      const { tracks: _, device, interrupted: __, ...rest } = outcome;
      print(given.json, { ...rest, backend: device?.backend ?? null }, () => [...renderProblems(outcome.problems), ...renderExtraction(outcome)]);
      process.exitCode = statusOf(outcome);
    },
  );
}

/** Files that failed do not stop a run, but whoever called must learn of them. */
export function statusOf(extraction: ExtractOutcome | null): 0 | 1 {
  return extraction !== null && extraction.problems.length > 0 ? 1 : 0;
}
