import { nTrialsOf } from '../../candidates.js';
import { findWeight } from '../../find-weight.js';
import type { SeedJob } from '../../engine.js';
import { doublesAt, floatsAt, integersAt, type PlacedPoints } from './place-points.js';

interface SeedExports {
  openTrials(run: number, placed: number, candidates: number): void;
  trialScratchBytes(blockRows: number): number;
}

/** Words of a run's description: see assembly/seed.ts, class Seeding. */
const WORDS = 15;
const N_TRIALS = 0;
const N_CENTRES = 12;
const TAKEN = 13;
const CONTENDERS = 14;
/** What summing four gains in float32 may be off by, relatively, and more. */
const SUM_ERROR = 1e-6;
/** Room for a run's candidates: 2 + ⌊ln k⌋ stays below for any k that memory has room for. */
const MOST_TRIALS = 16;

interface Run {
  readonly job: SeedJob;
  readonly description: number;
  readonly room: number;
  readonly potential: number;
  readonly gains: number;
  readonly sums: number;
  readonly centres: number;
  readonly nTrials: number;
}

const roomFor = (nClusters: number): number => (nTrialsOf(nClusters) <= 4 ? 4 : 8 * Math.ceil(nTrialsOf(nClusters) / 8));

/** Bytes that a run's seeding takes a point. */
export const SEED_BYTES = 10;

/**
 * Greedy k-means++ of several runs together: one pass over the points measures all candidates of all runs.
 *
 * @returns [jobs][nClusters] row numbers, in the jobs' order. Which they are does not depend on the other jobs.
 * @see `initPlusPlus`, the same by composed operations.
 */
export function plusPlus(placed: PlacedPoints, jobs: readonly SeedJob[]): Int32Array[] {
  const { session, nPoints, bytes, blockRows, nBlocks } = placed;
  const kernel = session.exports as SeedExports;
  const mark = session.top;
  // Those with most clusters first, so that the ones still going stand side by side.
  const order = [...jobs].sort((a, b) => b.nClusters - a.nClusters);
  const descriptions = session.allocate(4 * WORDS * order.length);
  const candidateList = session.allocate(4 * MOST_TRIALS * order.length);
  const points = describePoints(placed);
  const panelBytes = placed.coarseSuits ? placed.coarseBytes : bytes;

  // Behind one another, so that two runs' candidates can be measured together.
  const rooms = order.map(({ nClusters }) => roomFor(nClusters));
  const nRooms = rooms.reduce((sum, room) => sum + room, 0);
  const allPanels = session.allocate(bytes * nRooms);
  const allBiases = session.allocate(4 * nRooms);
  let nPlaced = 0;

  const runs = order.map((job, r): Run => {
    const { nClusters } = job;
    const room = rooms[r]!;
    const description = descriptions + 4 * WORDS * r;
    const potential = session.allocate(4 * nPoints);
    const nearest = session.allocate(4 * nPoints);
    const trials = session.allocate(2 * nPoints);
    const panels = allPanels + panelBytes * nPlaced;
    const bias = allBiases + 4 * nPlaced;
    nPlaced += room;
    const errors = session.allocate(4 * (3 * room + 4));
    const centres = session.allocate(4 * nClusters);
    const reach = session.allocate(4 * nClusters);
    const gains = session.allocate(16 * room * nBlocks);
    const sums = session.allocate(8 * nBlocks);
    integersAt(session, description, WORDS).set([1, room, potential, nearest, trials, panels, bias, errors, centres, reach, gains, sums, 0, 0, 0]);
    floatsAt(session, potential, nPoints).fill(Infinity);
    return { job, description, room, potential, gains, sums, centres, nTrials: nTrialsOf(nClusters) };
  });
  const scratch = session.allocate(kernel.trialScratchBytes(blockRows) * session.size);

  /** Rows drawn in proportion to their potential. */
  const draw = ({ job, potential, sums, nTrials }: Run): number[] => {
    const blockSums = doublesAt(session, sums, nBlocks);
    const weights = floatsAt(session, potential, nPoints);
    let total = 0;
    for (const sum of blockSums) total += sum;
    return Array.from({ length: nTrials }, () => {
      const target = job.random.next() * total;
      const block = findWeight(nBlocks, (b) => blockSums[b]!, target);
      const first = block.index * blockRows;
      return first + findWeight(Math.min(blockRows, nPoints - first), (i) => weights[first + i]!, target - block.before).index;
    });
  };

  /** Half of what each candidate gains: `half` 0 at least (or all of it, exactly), 1 at most. */
  const gainsOf = ({ gains, room, nTrials }: Run, half: number): Float64Array => {
    const values = doublesAt(session, gains, 2 * room * nBlocks);
    const totals = new Float64Array(nTrials);
    for (let b = 0; b < nBlocks; b++) for (let t = 0; t < nTrials; t++) totals[t]! += values[(2 * b + half) * room + t]!;
    return totals;
  };

  /** The candidate that gains most, of each run. */
  const chooseTrials = (active: readonly Run[]): number[] => {
    const least = active.map((run) => gainsOf(run, 0));
    const contenders = active.map((run, r) => {
      const best = Math.max(...least[r]!) * (1 - SUM_ERROR);
      let mask = 0;
      gainsOf(run, 1).forEach((gain, t) => (mask |= gain * (1 + SUM_ERROR) >= best ? 1 << t : 0));
      // One alone needs no measuring.
      if ((mask & (mask - 1)) === 0) mask = 0;
      integersAt(session, run.description, WORDS)[CONTENDERS] = mask;
      return mask;
    });
    if (contenders.some((mask) => mask !== 0)) session.run('measureContenders', points, candidateList, descriptions, active.length);
    return active.map((run, r) => {
      const mask = contenders[r]!;
      const gains = mask === 0 ? least[r]! : gainsOf(run, 0).map((gain, t) => ((mask >> t) & 1 ? gain : -1));
      return gains.indexOf(Math.max(...gains));
    });
  };

  const mostClusters = order[0]?.nClusters ?? 0;
  for (let c = 0; c < mostClusters; c++) {
    const active = runs.filter(({ job }) => job.nClusters > c);
    const candidates = active.map((run) => (c === 0 ? [run.job.random.integer(nPoints)] : draw(run)));
    active.forEach(({ description }, r) => {
      integersAt(session, candidateList + 4 * MOST_TRIALS * r, MOST_TRIALS).set(candidates[r]!);
      const words = integersAt(session, description, WORDS);
      words[N_TRIALS] = candidates[r]!.length;
      words[N_CENTRES] = c;
      if (c > 0) kernel.openTrials(description, points, candidateList + 4 * MOST_TRIALS * r);
    });
    if (c > 0) session.run('measureTrials', points, descriptions, active.length, scratch);
    const taken = c === 0 ? active.map(() => 0) : chooseTrials(active);
    active.forEach((run, r) => {
      integersAt(session, run.centres, run.job.nClusters)[c] = candidates[r]![taken[r]!]!;
      integersAt(session, run.description, WORDS)[TAKEN] = taken[r]!;
    });
    const going = active.filter(({ job }) => job.nClusters > c + 1);
    if (going.length > 0) session.run('takeTrials', points, descriptions, going.length, scratch);
  }
  const found = new Map(runs.map(({ job, centres }) => [job, integersAt(session, centres, job.nClusters).slice()]));
  session.top = mark;
  return jobs.map((job) => found.get(job)!);
}

/** The points' description: see assembly/seed.ts, class Placed. */
function describePoints({ session, points, norms, nPoints, nFeatures, bytes, blockRows, coarse, coarseBytes, residuals, coarseScale, coarseSuits }: PlacedPoints): number {
  const address = session.allocate(4 * 11);
  integersAt(session, address, 11).set([points, norms, nPoints, bytes, blockRows, coarse, coarseBytes, residuals, 0, coarseSuits ? 1 : 0, nFeatures]);
  floatsAt(session, address, 11)[8] = coarseScale;
  return address;
}
