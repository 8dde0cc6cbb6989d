import { describe, expect, it } from 'vitest';
import { pathMap } from '../../src/commands/path-map.js';

describe('folders that are mounted elsewhere', () => {
  it.each([
    [['/music=/mnt/m'], '/music', '/mnt/m'],
    [['/music=/mnt/m'], '/music/a/b', '/mnt/m/a/b'],
    [['/music/=/mnt/m/'], '/music/a', '/mnt/m/a'],
    [['/music=/mnt/m'], '/musical/a', '/musical/a'],
    [['/music=/mnt/m'], '/other/music', '/other/music'],
    [['/music=/mnt/m', '/music/new=/fast'], '/music/new/a', '/fast/a'],
    [['/music/new=/fast', '/music=/mnt/m'], '/music/newer', '/mnt/m/newer'],
    [['/=/mnt'], '/music/a', '/mnt/music/a'],
    [['/music=/'], '/music/a', '/a'],
    [['C:\\Music=/mnt/m'], 'C:\\Music\\new\\a', '/mnt/m/new/a'],
    [['/music=/mnt/a=b'], '/music/x', '/mnt/a=b/x'],
    [['/odd=/mnt'], '/odd/a\\b', '/mnt/a\\b'],
    [[], '/music', '/music'],
  ])('%j: %s is at %s', (entries, path, place) => {
    expect(pathMap(entries)(path)).toBe(place);
  });

  it.each(['', '/music', '=/mnt', '/music='])('are not %j', (entry) => {
    expect(() => pathMap([entry])).toThrow(expect.objectContaining({ code: 'USAGE' }));
  });
});
