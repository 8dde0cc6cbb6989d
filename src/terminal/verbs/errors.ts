import type { Argv } from 'yargs';
import { print } from '../finish.js';
import type { Everywhere } from '../options.js';

const OWN = {
  code: { type: 'string', array: true, describe: 'Only files with this code; may be given more than once', requiresArg: true, nargs: 1 },
  null: { type: 'boolean', default: false, describe: 'Full paths alone, a NUL behind each: for xargs -0' },
} as const;

export function addErrors(parser: Argv<Everywhere>): Argv<Everywhere> {
  return parser.command(
    'errors',
    'List the files that failed, and why; in a pipe, their paths alone',
    (args) =>
      args
        .options(OWN)
        .group(Object.keys(OWN), 'Options:')
        .example('$0 errors', 'all, by code')
        .example('$0 errors --code DECODE_NOT_AUDIO --null | xargs -0 ls -l', 'hand what is no sound to another program')
        .example('$0 extract ~/Music --retry-errors', 'try them again'),
    async ({ library, code, null: zero, json }) => {
      const { errors } = await import('../../commands/errors.js');
      const { errorPaths, renderErrors } = await import('../render-errors.js');
      const outcome = await errors({ library, ...(code !== undefined && { codes: code }) });
      if (json || (process.stdout.isTTY && !zero)) print(json, outcome, () => renderErrors(outcome));
      else process.stdout.write(errorPaths(outcome.files, zero ? '\0' : '\n'));
      process.exitCode = outcome.files.length > 0 ? 1 : 0;
    },
  );
}
