import type { DoctorOutcome, OpenBackend } from '../commands/doctor.js';
import { colors } from './colors.js';
import { printable } from './problem-lines.js';
import { counted } from './units.js';
import { wrapText } from './wrap-text.js';

const NAME = 11;
/** Notes on decoders that the mark before them tells as well. */
const SELF_EVIDENT: ReadonlySet<string> = new Set(['', 'installed', 'built in']);

/** What `soundkin doctor` shows: the machine, the backends and what each computes with, the formats. */
export function renderDoctor(outcome: DoctorOutcome): string[] {
  const { soundkin, node, platform, cores, workers, memoryGiB, freeGiB, budgetGiB, backends, auto, advice, decoders, player } = outcome;
  return [
    wrapText(`Soundkin ${soundkin}, Node ${node}, ${platform}`, 2),
    wrapText(`${counted(cores, 'core')}, ${counted(workers, 'worker thread')}; ${memoryGiB} GiB of memory, ${freeGiB} free, ${budgetGiB} for sounds in hand`, 2),
    '',
    colors.bold('Backends'),
    ...backends.flatMap((found) => ('reason' in found ? [line(false, found.backend, found.reason)] : openLines(found, found.backend === auto))),
    ...advice.map((text) => wrapText(`  ${text}`, 4)),
    '',
    colors.bold('Formats'),
    ...decoders.map(({ format, decoder, available, note }) => line(available, decoder, `${format}${SELF_EVIDENT.has(note) ? '' : ` (${note.replace(/ Copyright.*/, '')})`}`, 15)),
    '',
    wrapText(player === null ? `${mark(false)} no program that plays sound: \`soundkin play\` needs one; the report plays in any browser` : `${mark(true)} \`soundkin play\` uses ${player}`, 2),
  ];
}

function openLines({ backend, description, operations, passedOver }: OpenBackend, isAuto: boolean): string[] {
  const implementations = [...new Set(operations.map(({ implementation }) => implementation))];
  const choices = implementations.map((each) => `${each}: ${operations.filter(({ implementation }) => implementation === each).map(({ operation }) => operation).join(', ')}`);
  return [line(true, backend, `${description}${isAuto ? '  <- auto' : ''}${passedOver === null ? '' : ` (not for auto: ${passedOver})`}`), ...choices.map((choice) => wrapText(`${' '.repeat(NAME + 2)}${choice}`, NAME + 4))];
}

function line(good: boolean, name: string, text: string, width = NAME): string {
  const told = wrapText(`${good ? '✓' : '–'} ${name.padEnd(width)}${printable(text)}`, width + 2);
  // Coloured last: what is wrapped has no codes in it.
  return good ? told.replace('✓', mark(true)).replace('<- auto', colors.bold('<- auto')) : colors.dim(told);
}

function mark(good: boolean): string {
  return good ? colors.green('✓') : colors.dim('–');
}
