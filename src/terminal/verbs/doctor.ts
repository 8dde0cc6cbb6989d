import type { Argv } from 'yargs';
import { print } from '../finish.js';
import type { Everywhere } from '../options.js';

export function addDoctor(parser: Argv<Everywhere>): Argv<Everywhere> {
  return parser.command(
    'doctor',
    'Tell which backends, formats and players work on this machine',
    (args) => args,
    async ({ json }) => {
      const { doctor } = await import('../../commands/doctor.js');
      const { renderDoctor } = await import('../render-doctor.js');
      const outcome = await doctor();
      print(json, outcome, () => renderDoctor(outcome));
    },
  );
}
