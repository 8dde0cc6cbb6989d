import type { Argv } from 'yargs';
import type { ExtractOutcome } from '../../commands/extract.js';
import { print } from '../finish.js';
import { ANALYSIS, ANALYSIS_GROUP, BACKEND, FORCE, MACHINE, MACHINE_GROUP, SELECTION, type Everywhere } from '../options.js';
import { writeNotice } from '../notice.js';
import { SHARED_WORK, SHARED_WORK_GROUP } from '../queue-options.js';
import { commandLine } from '../command-line-text.js';
import { runWithProgress } from '../run-with-progress.js';
import { withoutUndefined } from '../without-undefined.js';

export function addExtract(parser: Argv<Everywhere>): Argv<Everywhere> {
  return parser.command(
    'extract <sounds..>',
    'Measure sounds into the library; again measures only what is new or changed',
    (args) =>
      args
        .positional('sounds', { type: 'string', array: true, demandOption: true, describe: 'Files and folders' })
        .options({ ...SELECTION, ...BACKEND, ...FORCE, ...MACHINE, ...SHARED_WORK, ...ANALYSIS })
        .group(Object.keys({ ...SELECTION, ...BACKEND, ...FORCE }), 'Options:')
        .group(Object.keys(MACHINE), MACHINE_GROUP)
        .group(Object.keys(SHARED_WORK), SHARED_WORK_GROUP)
        .group(Object.keys(ANALYSIS), ANALYSIS_GROUP)
        .example('$0 extract ~/Music --library music', 'a library of its own')
        .example('$0 extract ~/Music --exclude "*.mp3" --exclude /Old/', 'less what these name'),
    async (given) => {
      const { shardOf } = await import('../../commands/shard.js');
      const { givenAnalysis } = await import('../../commands/given-analysis.js');
      const analysis = givenAnalysis(given);
      const shard = given.shard === undefined ? undefined : shardOf(given.shard);
      const { startThreads } = await import('../../commands/start-threads.js');
      const threads = startThreads(given.workers);
      const { extract } = await import('../../commands/extract.js');
      const { renderExtraction, renderProblems } = await import('../render.js');
      const { library, sounds, exclude, force, retryErrors, backend, workers, memory, queue } = given;
      const command = commandLine();
      const onNotice = given.quiet || given.json ? undefined : writeNotice;
      const outcome = await runWithProgress(given.quiet || given.json, (watch) =>
        extract(withoutUndefined({ library, sounds, exclude, force, retryErrors, backend, workers, memory, queue, shard, onNotice, analysis, command, ...watch }), threads),
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
