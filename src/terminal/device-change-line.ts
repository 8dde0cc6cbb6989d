import type { DeviceChange } from '../device/device-keeper.js';
import { printable } from './problem-lines.js';

/** That a run went on elsewhere, and why, in one line. */
export function deviceChangeLine({ from, to, reason, once }: DeviceChange): string {
  const outcome = once ? `that was measured on ${to}` : from === to ? 'it was opened again, and the run went on' : `the run went on with ${to}`;
  return `${from}: ${printable(reason)}; ${outcome}`;
}
