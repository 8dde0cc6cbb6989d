/** Timing in turns, its spread, fixed workloads, and the machine's facts: what `soundkin bench` and the repository's benches measure with. */
export { checkedDevices, type CheckedDevices } from './checked-devices.js';
export { FIXED_POINTS, FIXED_SOUNDS, FIXED_WORKLOAD_VERSION, fixedPoints, fixedSound, fixedSounds } from './fixed-workload.js';
export { machineFacts, type MachineFacts } from './machine-facts.js';
export { audioSeconds, featureContestant, fittingSounds, framesOf, measureRows, ROW_TOLERANCE, rowDifference } from './measure-features.js';
export { assignmentFlops, fittingPoints, kmeansContestant, type KMeansContestant, type KMeansWork } from './measure-kmeans.js';
export { runRounds, type Contestant, type RoundsOptions } from './run-rounds.js';
export { median, relativeSpread, spreadOf, type Spread } from './spread.js';
