import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readLabels } from '../../src/labels/read-labels.js';
import { createSoundFolder } from '../support/sound-files.js';

const { folder, write } = createSoundFolder();
const root = join(folder, 'sounds');
const at = (path: string, from = root): { root: string; path: string } => ({ root: from, path });

describe('labels of a CSV', () => {
  it('belong to paths relative to the scanned folder, with or without a header, in any column', async () => {
    for (const text of ['a.wav,x\nsub/b.wav,y\n', 'path,label\na.wav,x\nsub/b.wav,y\n', 'id,Label,PATH\n1,x,a.wav\n2,y,sub/b.wav\n']) {
      const labelOf = await readLabels(write('l.csv', text));
      expect([at('a.wav'), at('sub/b.wav'), at('b.wav'), at('a.wav', '/elsewhere')].map(labelOf)).toEqual(['x', 'y', null, 'x']);
    }
  });

  it('belong to paths relative to the CSV, and to absolute ones', async () => {
    const labelOf = await readLabels(write('l.csv', `sounds/a.wav,x\n../${folder.split('/').at(-1)}/sounds/b.wav,y\n${join(root, 'c.wav')},z\n`));
    expect(['a.wav', 'b.wav', 'c.wav'].map((path) => labelOf(at(path)))).toEqual(['x', 'y', 'z']);
    expect(labelOf(at('a.wav', '/elsewhere'))).toBeNull();
  });

  it('prefer the path from the CSV’s own folder where both meanings fit', async () => {
    const labelOf = await readLabels(write('l.csv', 'sounds/a.wav,own\na.wav,relative\n'));
    expect(labelOf(at('a.wav'))).toBe('own');
  });

  it('are found whether a name is written composed or decomposed', async () => {
    for (const [written, there] of [['e\u0301tude.wav', '\u00e9tude.wav'], ['\u00e9tude.wav', 'e\u0301tude.wav']] as const) {
      const labelOf = await readLabels(write('l.csv', `${written},x\n`));
      expect(labelOf(at(there))).toBe('x');
      expect(labelOf(at('etude.wav'))).toBeNull();
    }
  });

  it('take backslashes, a leading ./, spaces around, and names with commas, quotes, emoji and line ends', async () => {
    const labelOf = await readLabels(write('l.csv', 'sub\\b.wav,w\n./c.wav,c\n d.wav , dd \n"a, ""b"".wav",q\n🎵.wav,e\n"two\nlines.wav",n\n end ,s\n'));
    expect(['sub/b.wav', 'c.wav', 'd.wav', 'a, "b".wav', '🎵.wav', 'two\nlines.wav', ' end ', 'end'].map((path) => labelOf(at(path)))).toEqual(['w', 'c', 'dd', 'q', 'e', 'n', 's', 's']);
  });

  it('leave out rows without a path or a label', async () => {
    const labelOf = await readLabels(write('l.csv', 'path,label\na.wav,\n,x\nb.wav\nc.wav,y,more,cells\n\n'));
    expect(['a.wav', 'b.wav', 'c.wav'].map((path) => labelOf(at(path)))).toEqual([null, null, 'y']);
  });

  it.each([
    ['an empty file', '', 'no line'],
    ['prose', 'just words\n', '"just words"'],
    ['semicolons', 'a.wav;x\nb.wav;y\n', '"a.wav;x"'],
    ['UTF-16', Buffer.from('\uFEFFa.wav,x\n', 'utf16le'), 'other bytes'],
    ['an open quote', '"a.wav,x\n', 'quote'],
  ])('refuses %s', async (_, content, told) => {
    await expect(readLabels(write('bad.csv', content))).rejects.toMatchObject({ code: 'LABELS_FORMAT', message: expect.stringContaining(told) });
  });

  it('refuses what is not there, or is a folder', async () => {
    await expect(readLabels(join(folder, 'none.csv'))).rejects.toMatchObject({ code: 'LABELS_NOT_FOUND', message: expect.stringContaining('none.csv') });
    await expect(readLabels(folder)).rejects.toMatchObject({ code: 'LABELS_NOT_FOUND' });
  });
});

describe('labels without a file', () => {
  it('are the folder a file lies in, or the scanned folder itself', async () => {
    const labelOf = await readLabels('folders');
    expect([at('a/b/c.wav'), at('c.wav'), at('c.wav', '/x/Drums/')].map(labelOf)).toEqual(['b', 'sounds', 'Drums']);
  });

  it('are the name up to the first _, -, space or digit', async () => {
    const labelOf = await readLabels('prefix');
    expect(['bd_ada.flac', 'x/tabla-1.wav', 'Hat 3.wav', 'kick808.wav', 'snare.wav', 'été_1.wav', '808.wav', '_x.wav'].map((path) => labelOf(at(path)))).toEqual(['bd', 'tabla', 'Hat', 'kick', 'snare', 'été', null, null]);
  });
});
