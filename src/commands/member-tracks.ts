import type { ClusterMember, TrackSummary } from '../library/index.js';
import { idOf } from './track-id.js';

type Place = { readonly root: string; readonly path: string };

const compare = (a: Place, b: Place): number => (a.root === b.root ? (a.path < b.path ? -1 : a.path > b.path ? 1 : 0) : a.root < b.root ? -1 : 1);

/**
 * What the library knows of each member of a clustering; undefined for those that left it.
 *
 * @param tracks as `library.tracks()` gives them: by root, then path. Clusterings are in that order too, so both are walked side by side; of a million tracks no
 *   map has to be made.
 */
export function memberTracks(members: readonly Pick<ClusterMember, 'root' | 'path'>[], tracks: readonly TrackSummary[]): (TrackSummary | undefined)[] {
  if (!members.every((member, i) => i === 0 || compare(members[i - 1]!, member) < 0)) {
    const byId = new Map(tracks.map((track) => [idOf(track), track]));
    return members.map((member) => byId.get(idOf(member)));
  }
  let at = 0;
  return members.map((member) => {
    while (at < tracks.length && compare(tracks[at]!, member) < 0) at += 1;
    const track = tracks[at];
    return track !== undefined && compare(track, member) === 0 ? track : undefined;
  });
}
