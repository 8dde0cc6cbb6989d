import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAnalysisSettings, DEFAULT_ANALYSIS, settingsHash, type AnalysisSettings } from '../../src/config/analysis.js';

describe('createAnalysisSettings', () => {
  it('gives librosa’s defaults', () => {
    expect(createAnalysisSettings()).toEqual({ sampleRate: 22050, nFft: 2048, hopLength: 512, nMels: 128, nMfcc: 20, nChroma: 12, excerptSeconds: 0, excerptPlace: 0 });
  });

  it('takes what is given over the defaults', () => {
    expect(createAnalysisSettings({ sampleRate: 0, nFft: 16 + 1, hopLength: 1 })).toEqual({ ...DEFAULT_ANALYSIS, sampleRate: 0, nFft: 17, hopLength: 1 });
  });

  it.each([
    ['sampleRate', [-1, 1, 999, 384_001, 22050.5, NaN]],
    ['nFft', [0, 15, 65_537, 2048.5]],
    ['hopLength', [0, 2049, -512]],
    ['nMels', [0, 1025]],
    ['nMfcc', [0, 129]],
    ['nChroma', [2, 121]],
    ['excerptSeconds', [-1, NaN, Infinity]],
    ['excerptPlace', [-3, -1.5, NaN, Infinity]],
  ] as const)('refuses %s outside its range, naming the value', (name, values) => {
    for (const value of values) {
      expect(() => createAnalysisSettings({ [name]: value })).toThrow(expect.objectContaining({ code: 'CONFIG_RANGE', message: expect.stringMatching(new RegExp(`^config: expected ${name} .* got ${value}\\. `)) }));
    }
  });

  it('takes the bounds themselves', () => {
    for (const given of [{ sampleRate: 1000 }, { sampleRate: 384_000 }, { nFft: 16, hopLength: 16 }, { nFft: 65_536 }, { hopLength: 2048 }, { nMels: 1024 }, { nMels: 20 }, { nChroma: 3 }, { nChroma: 120 }, { excerptSeconds: 0.5 }, { excerptPlace: -1 }, { excerptPlace: -2 }, { excerptPlace: 90 }]) {
      expect(createAnalysisSettings(given)).toMatchObject(given);
    }
  });
});

describe('settingsHash', () => {
  const settings = fc.record({ sampleRate: fc.nat(), nFft: fc.nat(), hopLength: fc.nat(), nMels: fc.nat(), nMfcc: fc.nat(), nChroma: fc.nat(), excerptSeconds: fc.nat(), excerptPlace: fc.nat() });

  it('does not depend on the order of the keys', () => {
    fc.assert(
      fc.property(settings, (given) => {
        const reversed = Object.fromEntries(Object.entries(given).reverse()) as unknown as AnalysisSettings;
        expect(settingsHash(reversed)).toBe(settingsHash(given));
      }),
    );
  });

  it('differs when any one setting does', () => {
    fc.assert(
      fc.property(settings, fc.constantFrom(...(Object.keys(DEFAULT_ANALYSIS) as (keyof AnalysisSettings)[])), (given, key) => {
        expect(settingsHash({ ...given, [key]: given[key] + 1 })).not.toBe(settingsHash(given));
      }),
    );
  });

  it('is 16 hexadecimal digits, FNV-1a of the sorted pairs in its upper half', () => {
    let hash = 0x811c9dc5n;
    for (const byte of Buffer.from('excerptPlace=0;excerptSeconds=0;hopLength=512;nChroma=12;nFft=2048;nMels=128;nMfcc=20;sampleRate=22050')) hash = ((hash ^ BigInt(byte)) * 0x01000193n) & 0xffff_ffffn;
    expect(settingsHash(DEFAULT_ANALYSIS)).toMatch(/^[0-9a-f]{16}$/);
    expect(settingsHash(DEFAULT_ANALYSIS).slice(0, 8)).toBe(hash.toString(16).padStart(8, '0'));
  });
});
