import type { Library, TrackRow } from '../library/index.js';
import type { OnProgress } from '../progress.js';

/** Rows are kept at the latest after so many, or so much time. */
const ROWS_PER_FILE = 512;
const FLUSH_MS = 5000;

/** Takes the rows of a run as they come, counts them, tells of them, and writes them into the library by the hundred. */
export class MeasuredRows {
  audioSeconds = 0;
  measured = 0;
  /** Seconds of writing; measuring goes on meanwhile. */
  writeSeconds = 0;
  #done = 0;
  #rows: TrackRow[] = [];
  #lastFlush = performance.now();
  #writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly library: Library,
    private readonly progress: OnProgress,
    private readonly total: number,
  ) {
    // Loading what writes them takes this thread for as long as ten sounds take another: as soon as those have work, and before any is done.
    if (total > 0) setImmediate(() => this.library.warm());
  }

  /** Takes a row; waits only where the last rows are still being written and the next are due. */
  async add(row: TrackRow): Promise<void> {
    this.#rows.push(row);
    this.#done += 1;
    if (row.features !== null) this.measured += 1;
    this.audioSeconds += row.durationSeconds ?? 0;
    this.progress({ stage: 'features', done: this.#done, total: this.total, audioSeconds: this.audioSeconds, item: row.path });
    if (this.#rows.length < ROWS_PER_FILE && performance.now() - this.#lastFlush < FLUSH_MS) return;
    await this.#writing;
    this.#write();
  }

  /** Writes what is left, and waits for all of it. @throws LIBRARY_WRITE */
  async flush(): Promise<void> {
    await this.#writing;
    this.#write();
    await this.#writing;
  }

  /** Measuring goes on while rows are written; what goes wrong is thrown by whoever waits next. */
  #write(): void {
    const rows = this.#rows;
    this.#rows = [];
    this.#lastFlush = performance.now();
    if (rows.length === 0) return;
    const started = performance.now();
    this.#writing = this.library.appendRows(rows).finally(() => void (this.writeSeconds += (performance.now() - started) / 1000));
    this.#writing.catch(() => undefined);
  }
}
