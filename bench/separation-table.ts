export interface Scores {
  readonly vMeasure: number;
  readonly adjustedRand: number;
  readonly silhouette: number;
}

/** One development set: the scores of each seed. */
export interface SetResult {
  readonly set: string;
  readonly sounds: number;
  readonly failed: number;
  readonly classes: number;
  readonly kin: readonly Scores[];
  readonly seed: readonly Scores[];
  /** The classic recipe in Python. */
  readonly python?: readonly Scores[];
}

const mean = (scores: readonly Scores[], key: keyof Scores): number => scores.reduce((sum, s) => sum + s[key], 0) / scores.length;

/** A Markdown table: sets down, recipes across, V-measure and adjusted Rand index as means over the seeds. */
export function separationTable(results: readonly SetResult[], peerVersions: string): string {
  const withPython = results.every(({ python }) => python !== undefined);
  const recipes: readonly ('kin' | 'seed' | 'python')[] = withPython ? ['kin', 'seed', 'python'] : ['kin', 'seed'];
  const titles = { kin: 'kin', seed: '--features seed', python: 'Python' };
  const head = ['set', 'sounds', 'labels', ...recipes.flatMap((recipe) => ['V', 'ARI', 'silhouette'].map((score) => `${titles[recipe]} ${score}`))];
  const cells = (result: SetResult): number[] =>
    recipes.flatMap((recipe) => (['vMeasure', 'adjustedRand', 'silhouette'] as const).map((key) => mean(result[recipe]!, key)));
  const line = (parts: readonly (string | number)[]): string => `| ${parts.map((part) => (typeof part === 'number' ? part.toFixed(3) : part)).join(' | ')} |`;
  const all = results.map(cells);
  const means = all[0]!.map((_, i) => all.reduce((sum, row) => sum + row[i]!, 0) / all.length);
  return [
    `Mean of ${results[0]!.seed.length} seeds, as many clusters as labels.${withPython ? ` Python: ${peerVersions}.` : ''}`,
    '',
    line(head),
    line(head.map((_, i) => (i === 0 ? '---' : '---:'))),
    ...results.map((result) => line([result.set, String(result.sounds), String(result.classes), ...cells(result)])),
    line(['**mean**', '', '', ...means]),
    '',
  ].join('\n');
}
