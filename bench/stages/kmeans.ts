/** k-means on points in memory: whole clusterings with greedy k-means++, single Lloyd iterations, and a sweep over k. */
import type { BenchContext, Stage, StageResult } from '../harness/context.js';
import { contest, type Entrant } from '../harness/contest.js';
import type { Entry } from '../harness/result.js';
import { pointsFile } from '../workloads/points.js';

interface Found {
  readonly inertia: readonly number[];
  readonly iterations: readonly number[];
}

/** How much more of a sum of squares rounding may leave. */
const SLACK = 1e-3;

interface Work {
  readonly workload: string;
  readonly title: string;
  readonly n: number;
  readonly d: number;
  readonly ks: readonly number[];
  readonly nInit: number;
  readonly maxIter: number;
  readonly faissIterations: number;
}

/** Ours must not be worse than scikit-learn's for any k; FAISS starts from random points, so its inertia is told, not judged. */
function check(results: ReadonlyMap<string, { result: unknown }>): Map<string, Entry['check']> {
  const reference = [...results].find(([name]) => name.startsWith('scikit-learn'))?.[1].result as Found | undefined;
  return new Map(
    [...results].map(([name, { result }]) => {
      const { inertia, iterations } = result as Found;
      const worst = reference === undefined ? 0 : Math.max(...inertia.map((value, i) => value / reference.inertia[i]! - 1));
      const sum = iterations.reduce((all, count) => all + count, 0);
      const beside = reference === undefined ? 'not compared' : `inertia ${worst > 0 ? '+' : ''}${(100 * worst).toFixed(3)} % of scikit-learn's`;
      return [name, { ok: name.startsWith('FAISS') || worst <= SLACK, text: `${beside}, ${sum} iterations` }];
    }),
  );
}

async function cluster({ workload, title, n, d, ks, nInit, maxIter, faissIterations }: Work, threads: number, { rounds, backends, quick }: BenchContext): Promise<StageResult> {
  const job = { points: await pointsFile(n, d), n, d, ks, nInit, seed: 0, maxIter, tol: 1e-4, faissIterations };
  const entrants: Entrant[] = [
    ...backends.filter((backend) => backend !== 'cpu').map((backend): Entrant => ({ name: `Soundkin, ${backend}`, group: 'soundkin', adapter: 'ours/points.ts', job: { ...job, backend }, threads })),
    { name: 'scikit-learn', group: 'peer', adapter: 'peers/sklearn_points.py', job, threads },
    { name: 'FAISS', group: 'peer', adapter: 'peers/faiss_points.py', job, threads },
  ];
  return {
    workload,
    title: `${title}, ${threads === 1 ? 'one thread' : `${threads} threads`}`,
    amount: { value: 1, unit: 'runs' },
    entries: await contest(entrants, { rounds, check, patienceSeconds: quick ? 10 : 180 }),
    notes: ['FAISS starts from random points, not k-means++, and its iterations are fixed: its line is the cost of as many iterations, not of as good a result.'],
  };
}

export const kmeans: Stage = {
  name: 'kmeans',
  about: 'k-means on 10 000 × 252, 200 000 × 64 and 1 000 000 × 64 points, beside scikit-learn and FAISS',
  run: async (context) => {
    const { quick } = context;
    const thousand = (n: number): string => `${n / 1000} 000`;
    const works: Work[] = [
      { workload: 'kmeans-10k', title: '10 000 points × 252, k = 16, 10 starts', n: 10_000, d: 252, ks: [16], nInit: 10, maxIter: 300, faissIterations: 25 },
      { workload: 'kmeans-sweep', title: 'Sweep k = 2 to 16, 10 starts each, 10 000 points × 252', n: 10_000, d: 252, ks: Array.from({ length: 15 }, (_, i) => i + 2), nInit: 10, maxIter: 300, faissIterations: 25 },
      { workload: 'kmeans-200k', title: '200 000 points × 64, k = 64, one start', n: 200_000, d: 64, ks: [64], nInit: 1, maxIter: 50, faissIterations: 50 },
      { workload: 'kmeans-1m', title: '1 000 000 points × 64, k = 64, one start', n: 1_000_000, d: 64, ks: [64], nInit: 1, maxIter: 20, faissIterations: 20 },
    ];
    const chosen = quick ? works.slice(0, 1).map((work) => ({ ...work, workload: 'kmeans-quick', n: 5000, nInit: 2, title: `${thousand(5000)} points × 252, k = 16, 2 starts` })) : works;
    const results: StageResult[] = [];
    for (const work of chosen) results.push(await cluster(work, 1, context));
    return results;
  },
};
