import { afterEach, describe, expect, it } from 'vitest';
import type { DoctorOutcome } from '../../src/commands/doctor.js';
import { renderDoctor } from '../../src/terminal/render-doctor.js';
import { textWidth } from '../../src/terminal/text-width.js';
import { wrapText } from '../../src/terminal/wrap-text.js';

const outcome: DoctorOutcome = {
  soundkin: '1.2.3',
  node: 'v22.1.0',
  platform: 'linux x64',
  cores: 16,
  workers: 16,
  memoryGiB: 128,
  freeGiB: 100.5,
  budgetGiB: 50.3,
  backends: [
    { backend: 'webgpu', description: 'nvidia hopper NVIDIA H200', isGpu: true, framesPerBatch: 4096, passedOver: null, operations: [{ operation: 'features', implementation: 'own kernel' }, { operation: 'silhouette', implementation: 'composed' }, { operation: 'k-means', implementation: 'own kernel' }] },
    { backend: 'wasm', description: 'WebAssembly', isGpu: false, framesPerBatch: 64, passedOver: 'a test', operations: [] },
    { backend: 'tensorflow', reason: '@tensorflow/tfjs-node-gpu finds no GPU: its CUDA libraries do not load, or do not suit NVIDIA\'s driver' },
  ],
  auto: 'webgpu',
  advice: ['The NVIDIA card through CUDA: `npx soundkin-setup-tensorflow --gpu`.'],
  decoders: [
    { format: 'MP3', decoder: 'mpg123-wasm', available: true, note: 'installed' },
    { format: 'M4A, AAC', decoder: 'ffmpeg', available: false, note: 'not on the PATH. Install ffmpeg to read these.' },
  ],
  player: null,
};

describe('renderDoctor', () => {
  const { COLUMNS } = process.env;
  afterEach(() => {
    if (COLUMNS === undefined) delete process.env['COLUMNS'];
    else process.env['COLUMNS'] = COLUMNS;
  });

  it.each([40, 60, 100])('fits %i columns, and says everything', (columns) => {
    process.env['COLUMNS'] = String(columns);
    const lines = renderDoctor(outcome).join('\n').split('\n');
    for (const line of lines) expect(textWidth(line), line).toBeLessThan(columns);
    const said = lines.join(' ').replace(/\s+/g, ' ');
    for (const part of ['Soundkin 1.2.3', '16 cores, 16 worker threads', '128 GiB of memory, 100.5 free, 50.3 for sounds', '✓ webgpu nvidia hopper NVIDIA H200 <- auto', 'own kernel: features, k-means composed: silhouette', '✓ wasm WebAssembly (not for auto: a test)', '– tensorflow @tensorflow/tfjs-node-gpu finds no GPU', 'soundkin-setup-tensorflow --gpu', '✓ mpg123-wasm MP3 –', 'ffmpeg M4A, AAC (not on the PATH', 'no program that plays sound']) expect(said).toContain(part);
  });

  it('keeps a line a line in a pipe', () => {
    delete process.env['COLUMNS'];
    expect(renderDoctor(outcome).find((line) => line.includes('tensorflow'))).toMatch(/^.*– tensorflow .*driver/);
  });
});

describe('wrapText', () => {
  it('breaks at spaces, indents what follows, and keeps columns', () => {
    process.env['COLUMNS'] = '21';
    expect(wrapText('  ab   cd efgh ijkl mnop', 4, true)).toBe('  ab   cd efgh ijkl\n    mnop');
    expect(wrapText('a_word_that_is_longer_than_a_line', 4, true)).toBe('a_word_that_is_longer_than_a_line');
    expect(wrapText('one two three four five six', 2, false)).toBe('one two three four five six');
    delete process.env['COLUMNS'];
  });
});
