import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { bench, type BenchOutcome } from '../../src/commands/bench.js';
import { textWidth } from '../../src/terminal/text-width.js';
import { buildCommandLine, runProgram, type Run, type RunOptions } from '../support/command-line.js';
import { copySamples, temporaryFolder } from '../support/real-samples.js';

const work = temporaryFolder();
const sounds = join(work, 'sounds');
/** One backend, and little of everything: how long it takes is not what is tested. */
const little = { backend: 'wasm', rounds: 1, roundSeconds: 0.02 } as const;
let cli = '';
const soundkin = (args: readonly string[], options: RunOptions = {}): Promise<Run> => runProgram(process.execPath, [cli, 'bench', ...args], { cwd: work, ...options });

beforeAll(async () => {
  cli = await buildCommandLine();
  copySamples(sounds, ['bd_ada', 'bd_boom', 'tabla_na', 'elec_blip', 'loop_amen']);
  mkdirSync(join(work, 'empty'));
  copySamples(join(work, 'mixed'), ['bd_ada']);
  writeFileSync(join(work, 'mixed', 'text.wav'), 'no sound');
  mkdirSync(join(work, 'bad'));
  writeFileSync(join(work, 'bad', 'text.wav'), 'no sound');
});

describe('bench', () => {
  it('of a folder has every stage, with figures that follow from each other', async () => {
    const { kind, rows, sample, auto, workload } = await bench({ sounds: [sounds], ...little });
    expect(rows.map(({ stage, backend }) => [stage, backend])).toEqual([['decode', null], ['resample', null], ['features', 'wasm'], ['kmeans', 'wasm']]);
    expect({ kind, auto, files: sample?.files, found: sample?.found, cut: sample?.cut }).toEqual({ kind: 'files', auto: null, files: 5, found: 5, cut: 0 });
    expect(workload).toMatch(/^files-[0-9a-f]{12}-fixed-\d+$/);
    for (const { stage, seconds, xRealTime, audioSeconds, soundsPerSecond, sounds: count, gflops } of rows) {
      expect(seconds.rounds).toBe(1);
      if (stage === 'kmeans') expect([xRealTime, gflops! > 0]).toEqual([null, true]);
      else expect([xRealTime! * seconds.median, soundsPerSecond! * seconds.median]).toEqual([expect.closeTo(audioSeconds!, 6), expect.closeTo(count!, 6)]);
    }
  });

  it('takes files evenly, and no more sound than told', async () => {
    const few = await bench({ sounds: [sounds], files: 2, ...little });
    expect(few.sample).toMatchObject({ files: 2, found: 5 });
    const short = await bench({ sounds: [sounds], minutes: 0.01, ...little });
    expect(short.sample!.audioSeconds).toBeCloseTo(0.6, 2);
    expect(short.sample!.cut).toBe(1);
    expect(few.workload).not.toBe(short.workload);
  });

  it('has no resampling where nothing is to be resampled, and goes on past a bad file', async () => {
    const { rows, problems } = await bench({ sounds: [join(work, 'mixed')], ...little });
    expect(rows.length).toBeGreaterThan(2);
    expect(problems).toMatchObject([{ path: 'text.wav', code: 'DECODE_NOT_AUDIO' }]);
  });

  it.each([
    [{ sounds: ['nope'] }, 'SCAN_NOT_FOUND'],
    [{ sounds: [join(work, 'empty')] }, 'SCAN_EMPTY'],
    [{ sounds: [join(work, 'bad')] }, 'SCAN_EMPTY'],
    [{ files: 0 }, 'CONFIG_RANGE'],
    [{ rounds: 1.5 }, 'CONFIG_RANGE'],
    [{ minutes: -1 }, 'CONFIG_RANGE'],
    [{ compare: join(work, 'nope.json') }, 'BENCH_COMPARE'],
    [{ compare: join(sounds, 'bd_ada.flac') }, 'BENCH_COMPARE'],
  ])('%o: %s', async (options, code) => {
    await expect(bench({ ...little, ...options })).rejects.toMatchObject({ code });
  });

  it('ends at Ctrl-C', async () => {
    const stop = new AbortController();
    stop.abort();
    await expect(bench({ sounds: [sounds], signal: stop.signal, ...little })).rejects.toMatchObject({ code: 'INTERRUPTED' });
  });
});

describe('the comparison', () => {
  it('has the ratio of speeds, stage by stage, of the same workload only', async () => {
    const here = await bench({ sounds: [sounds], ...little });
    const half = (row: BenchOutcome['rows'][number]): BenchOutcome['rows'][number] => ({ ...row, xRealTime: row.xRealTime === null ? null : row.xRealTime / 2, gflops: row.gflops === null ? null : row.gflops / 2 });
    const there = { ...here, machine: { ...here.machine, cpu: 'Slow' }, rows: here.rows.filter(({ stage }) => stage !== 'resample').map(half) };
    const file = join(work, 'there.json');
    writeFileSync(file, JSON.stringify(there));
    const { rows, compared } = await bench({ sounds: [sounds], compare: file, ...little });
    expect(compared!.machine.cpu).toBe('Slow');
    expect(compared!.ratios.map(({ stage }) => stage)).toEqual(['decode', 'features', 'kmeans']);
    const decode = rows[0]!.xRealTime! / there.rows[0]!.xRealTime!;
    expect(compared!.ratios[0]!.ratio).toBeCloseTo(decode, 9);
    await expect(bench({ sounds: [sounds], files: 2, compare: file, ...little })).rejects.toMatchObject({ code: 'BENCH_COMPARE', message: expect.stringContaining('same files') });
    writeFileSync(file, '{"rows": [null]}');
    await expect(bench({ sounds: [sounds], compare: file, ...little })).rejects.toMatchObject({ code: 'BENCH_COMPARE' });
  });
});

describe('soundkin bench', () => {
  const args = ['--backend', 'wasm', '--rounds', '1'];

  it('prints a table that fits into 40 columns, and nothing else in a pipe with --quiet', async () => {
    const run = await soundkin(['sounds', ...args, '--quiet'], { env: { COLUMNS: '40' } });
    expect(run).toMatchObject({ status: 0, stderr: '' });
    expect(run.stdout).toContain('5 sounds');
    const lines = run.stdout.split('\n').filter((line) => /^(stage|decode|resample|features|k-means) /.test(line));
    expect(lines).toHaveLength(6);
    for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(40);
  });

  it('--hardware prints a Markdown table of one line a backend', async () => {
    const run = await soundkin(['--hardware', ...args, '--quiet']);
    expect(run).toMatchObject({ status: 0, stderr: '' });
    expect(run.stdout).toMatch(/\n\| backend \| device \| Soundkin score.*\n\|---\|---\|---:\|---:\|\n\| wasm \| .* \| [\d .]+ \(±[\d.]+ %\) \| [\d .]+ \(±[\d.]+ %\) \|\n/);
  });

  it('with --json prints one object, with bad files one line each and status 1', async () => {
    const run = await soundkin(['mixed', ...args, '--json']);
    expect(run).toMatchObject({ status: 1, stderr: '' });
    expect(JSON.parse(run.stdout)).toMatchObject({ kind: 'files', rows: expect.arrayContaining([expect.objectContaining({ stage: 'features', backend: 'wasm' })]), problems: [{ path: 'text.wav' }] });
  });

  it.each([
    [['nope'], 'SCAN_NOT_FOUND'],
    [['empty'], 'SCAN_EMPTY'],
    [['sounds', '--hardware'], 'USAGE'],
    [['sounds', '--backend', 'webgpu'], 'DEVICE_UNAVAILABLE'],
    [['--files', 'x'], 'USAGE'],
    [['--compare', 'nope.json'], 'BENCH_COMPARE'],
  ])('%o gets one line, and status 2', async (wrong, code) => {
    const run = await soundkin([...wrong, '--quiet'], { env: { VK_DRIVER_FILES: undefined, VK_ICD_FILENAMES: undefined, SOUNDKIN_SOFTWARE_GPU: undefined } });
    expect(run).toMatchObject({ status: 2, stdout: '' });
    expect(run.stderr).toMatch(new RegExp(`^soundkin: .+ \\(${code}\\)\\n$`));
  });
});
