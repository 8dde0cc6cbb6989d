import type { Argv } from 'yargs';
import { exitStatus, SoundkinError } from '../../errors.js';
import { print } from '../finish.js';
import { writeNotice } from '../notice.js';
import { BACKEND, MACHINE, MACHINE_GROUP, type Everywhere } from '../options.js';
import { MAP } from '../queue-options.js';
import { untilStopped } from '../until-stopped.js';
import { withoutUndefined } from '../without-undefined.js';

const OWN = {
  queue: { type: 'string', describe: 'Redis, such as redis://host:6379; or the variable SOUNDKIN_QUEUE', requiresArg: true },
  'until-empty': { type: 'boolean', default: false, describe: 'End once the queue is empty, for scripts' },
} as const;

/** Jobs may follow each other several times a second; people need not see all. */
const LINE_MS = 5000;

export function addWorker(parser: Argv<Everywhere>): Argv<Everywhere> {
  return parser.command(
    'worker',
    'Measure sounds for runs of `extract --queue` on other machines, until Ctrl-C',
    (args) =>
      args
        .options({ ...OWN, ...MAP, ...BACKEND, ...MACHINE })
        .group(Object.keys({ ...OWN, ...MAP, ...BACKEND }), 'Options:')
        .group(Object.keys(MACHINE), MACHINE_GROUP)
        .example('$0 worker --queue redis://studio:6379', 'the sounds and the library are where they are on the other machine')
        .example('$0 worker --queue redis://studio:6379 --map /music=/mnt/music', 'the sounds are mounted elsewhere'),
    async (given) => {
      const queue = given.queue ?? process.env['SOUNDKIN_QUEUE'];
      if (queue === undefined) throw new SoundkinError('USAGE', 'worker: expected --queue, or the variable SOUNDKIN_QUEUE, to name a Redis, got neither. See `soundkin worker --help`.');
      const { worker } = await import('../../commands/worker.js');
      const { renderWorker } = await import('../render-worker.js');
      const { backend, workers, memory, map, untilEmpty } = given;
      const silent = given.quiet || given.json;
      let last = -Infinity;
      const onJob = ({ library, paths }: { readonly library: string; readonly paths: readonly string[] }): void => {
        if (silent || performance.now() - last < LINE_MS) return;
        last = performance.now();
        writeNotice(`measuring ${paths.length} sounds from ${paths[0]} on, for ${library}`);
      };
      if (!silent) writeNotice('Waiting for work; Ctrl-C ends this worker, and gives back what it has in hand.');
      const outcome = await untilStopped((signal) => worker(withoutUndefined({ queue, backend, workers, memory, map, untilEmpty, signal, onJob, onNotice: silent ? undefined : writeNotice })));
      const { refused, ...rest } = outcome;
      print(given.json, { ...rest, ...(refused !== null && { error: { code: refused.code, message: refused.message } }) }, () => renderWorker(outcome));
      process.exitCode = refused === null ? 0 : exitStatus(refused);
    },
  );
}
