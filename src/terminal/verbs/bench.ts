import type { Argv } from 'yargs';
import { SoundkinError } from '../../errors.js';
import { print } from '../finish.js';
import { BACKEND, type Everywhere } from '../options.js';
import { runWithProgress } from '../run-with-progress.js';
import { withoutUndefined } from '../without-undefined.js';

const SAMPLE = {
  files: { type: 'number', describe: 'Files of the sample at most, taken evenly (50)', requiresArg: true },
  minutes: { type: 'number', describe: 'Minutes of sound at most (10)', requiresArg: true },
} as const;

export function addBench(parser: Argv<Everywhere>): Argv<Everywhere> {
  return parser.command(
    'bench [sounds..]',
    'Tell how fast this machine decodes, measures and clusters, on every backend',
    (args) =>
      args
        .positional('sounds', { type: 'string', array: true, describe: 'Files and folders to take a sample of; without any, the same made-up sound everywhere' })
        .options({
          hardware: { type: 'boolean', default: false, describe: 'One comparable number a backend, as a table to paste' },
          backend: { ...BACKEND.backend, describe: 'This one alone; auto: all that open' },
          ...SAMPLE,
          rounds: { type: 'number', describe: 'Rounds that count (5)', requiresArg: true },
          compare: { type: 'string', describe: "Another machine's --json, to print ratios to", requiresArg: true },
        })
        .example('$0 bench ~/Music', 'on your own sounds')
        .example('$0 bench --hardware', 'a score to share')
        .example('$0 bench --json > here.json', 'to compare elsewhere with --compare here.json'),
    async ({ json, quiet, sounds = [], hardware, backend, files, minutes, rounds, compare }) => {
      if (hardware && sounds.length > 0) {
        throw new SoundkinError('USAGE', 'bench: expected --hardware without a folder: its sounds are made in memory, to be the same everywhere. Leave one of them out. See `soundkin bench --help`.');
      }
      const { bench } = await import('../../commands/bench.js');
      const { renderBench, renderHardware } = await import('../render-bench.js');
      const { renderProblems } = await import('../render.js');
      const outcome = await runWithProgress(quiet || json, (watch) => bench({ sounds, backend, compare, ...withoutUndefined({ files, minutes, rounds }), ...watch }));
      print(json, outcome, () => (hardware ? renderHardware(outcome) : [...renderProblems(outcome.problems), ...renderBench(outcome)]));
      process.exitCode = outcome.problems.length > 0 ? 1 : 0;
    },
  );
}
