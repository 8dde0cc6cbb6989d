import type { Argv } from 'yargs';
import type { Everywhere } from './options.js';
import { addBench } from './verbs/bench.js';
import { addCluster } from './verbs/cluster.js';
import { addDoctor } from './verbs/doctor.js';
import { addErrors } from './verbs/errors.js';
import { addEvaluate } from './verbs/evaluate.js';
import { addExport } from './verbs/export.js';
import { addExtract } from './verbs/extract.js';
import { addMerge } from './verbs/merge.js';
import { addPlay } from './verbs/play.js';
import { addReport } from './verbs/report.js';
import { addShow } from './verbs/show.js';
import { addSweep } from './verbs/sweep.js';
import { addWorker } from './verbs/worker.js';

/** In the order of the help. What a verb needs is imported when it runs, so that help is instant. */
const VERBS: Readonly<Record<string, (parser: Argv<Everywhere>) => Argv<Everywhere>>> = {
  cluster: addCluster,
  extract: addExtract,
  errors: addErrors,
  sweep: addSweep,
  evaluate: addEvaluate,
  show: addShow,
  play: addPlay,
  export: addExport,
  report: addReport,
  bench: addBench,
  doctor: addDoctor,
  worker: addWorker,
  merge: addMerge,
};

export const VERB_NAMES: readonly string[] = Object.keys(VERBS);

/** Adds every verb to the parser. */
export function addCommands(parser: Argv<Everywhere>): Argv<Everywhere> {
  return Object.values(VERBS).reduce((built, add) => add(built), parser);
}
