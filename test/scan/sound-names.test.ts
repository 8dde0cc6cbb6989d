import { expect, it } from 'vitest';
import { judgeName } from '../../src/scan/sound-names.js';

it.each(['a.wav', 'A.WAV', 'a.b.flac', 'é.Mp3', 'x.aif', 'x.aifc', 'x.opus', 'x.oga', 'x.w64', 'x.m4a', 'x.wv', 'x.snd'])('%j is a sound', (name) => {
  expect(judgeName(name)).toBe('sound');
});
it.each(['a.txt', 'a.wav.txt', 'x.m3u8', 'x.MP4', 'x.Json', 'x.zip', 'x.ts', 'x.asd'])('%j is something else', (name) => {
  expect(judgeName(name)).toBe('other');
});
it.each(['README', 'wav', '.wav', 'take 1', 'a.', 'a.xyz', 'a.wav ', 'drum.001'])('%j asks for a look inside', (name) => {
  expect(judgeName(name)).toBe('unknown');
});
