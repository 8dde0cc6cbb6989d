import { WASM_PAGE_BYTES, webAssembly, type WasmMemory, type WasmModule } from '../../web-assembly.js';
import { B, firstState, rateOf, scheduleEdges } from '../attract-and-repel.js';
import type { LayoutSteps } from '../layout-steps.js';
import { powerTable } from '../power-table.js';
import { NOTHING } from '../principal-axes.js';

interface LayoutExports {
  readonly memory: WasmMemory;
  readonly dataStart: { readonly value: number };
  centre(points: number, n: number, d: number, mean: number, centred: number): void;
  products(centred: number, n: number, d: number, out: number): void;
  scatter(points: number, n: number, d: number, width: number, mean: number, row: number, out: number): void;
  tridiagonalise(a: number, d: number, diagonal: number, off: number): void;
  transpose(a: number, d: number, width: number, z: number): void;
  iterateQl(z: number, d: number, width: number, diagonal: number, off: number): void;
  axisOfPoints(centred: number, n: number, d: number, vector: number, axes: number, c: number): void;
  anyAxis(axes: number, c: number, d: number): void;
  layOut(axes: number, nAxes: number, d: number, nPadded: number, columns: number): void;
  project(points: number, n: number, d: number, mean: number, columns: number, nPadded: number, row: number, out: number): void;
  neighbours(points: number, n: number, d: number, count: number, blocks: number, sums: number, indices: number, distances: number): void;
  epoch(picture: number, n: number, edges: number, nEdges: number, table: number, number: number, rate: number, state: number): number;
}

/** Bytes of an edge: see assembly/epoch.ts. */
const EDGE_BYTES = 40;

const evenly = (count: number): number => 2 * Math.ceil(count / 2);

/**
 * A layout's steps in WebAssembly, which is fast from its first call: for some ten sounds, plain code would be done before an engine has made it fast.
 *
 * @param module compiled from assembly/index.ts.
 */
export function createKernelSteps(module: WasmModule): LayoutSteps {
  const kernel = new webAssembly.Instance(module).exports as LayoutExports;
  let top = 0;
  /** Each step begins at the start of the memory again. */
  const begin = (): void => void (top = kernel.dataStart.value);
  /** @returns the address of some bytes, which are zeros. */
  const allocate = (bytes: number): number => {
    const address = top;
    top = Math.ceil((top + bytes) / 64) * 64;
    const missing = top - kernel.memory.buffer.byteLength;
    if (missing > 0) kernel.memory.grow(Math.ceil(missing / WASM_PAGE_BYTES));
    new Uint8Array(kernel.memory.buffer, address, bytes).fill(0);
    return address;
  };
  const doubles = (address: number, length: number): Float64Array => new Float64Array(kernel.memory.buffer, address, length);
  const floats = (address: number, length: number): Float32Array => new Float32Array(kernel.memory.buffer, address, length);
  const place = (values: Float32Array): number => {
    const address = allocate(4 * values.length);
    floats(address, values.length).set(values);
    return address;
  };

  /** Eigenvectors of a symmetric matrix, by falling eigenvalue. @returns their addresses, and the values. */
  const eigen = (matrix: number, d: number): { values: number[]; vectors: number[] } => {
    const width = evenly(d);
    const diagonal = allocate(8 * d);
    const off = allocate(8 * d);
    const z = allocate(8 * d * width);
    kernel.tridiagonalise(matrix, d, diagonal, off);
    kernel.transpose(matrix, d, width, z);
    kernel.iterateQl(z, d, width, diagonal, off);
    const values = doubles(diagonal, d);
    const order = Array.from(values.keys()).sort((i, j) => values[j]! - values[i]!);
    return { values: order.map((i) => values[i]!), vectors: order.map((i) => z + 8 * width * i) };
  };

  const axesOfPoints = (centred: number, n: number, d: number, nComponents: number): number => {
    const matrix = allocate(8 * n * n);
    kernel.products(centred, n, d, matrix);
    const { values, vectors } = eigen(matrix, n);
    const axes = allocate(8 * nComponents * d);
    const varianceOf = (c: number): number => Math.max(0, values[c] ?? 0) / Math.max(1, n - 1);
    for (let c = 0; c < nComponents; c++) {
      if (varianceOf(c) > NOTHING * varianceOf(0)) kernel.axisOfPoints(centred, n, d, vectors[c]!, axes, c);
      else kernel.anyAxis(axes, c, d);
    }
    return axes;
  };

  const axesOfFeatures = (points: number, mean: number, n: number, d: number, nComponents: number): number => {
    const width = evenly(d);
    const sums = allocate(8 * d * width);
    kernel.scatter(points, n, d, width, mean, allocate(8 * width), sums);
    const matrix = allocate(8 * d * d);
    const from = doubles(sums, d * width);
    const to = doubles(matrix, d * d);
    for (let f = 0; f < d; f++) for (let g = 0; g < d; g++) to[f * d + g] = from[Math.min(f, g) * width + Math.max(f, g)]! / (n - 1);
    const { vectors } = eigen(matrix, d);
    const axes = allocate(8 * nComponents * d);
    for (let c = 0; c < nComponents; c++) doubles(axes + 8 * c * d, d).set(doubles(vectors[c]!, d));
    return axes;
  };

  return {
    coordinates: (points, n, d, nComponents) => {
      begin();
      const nPadded = 8 * Math.ceil(nComponents / 8);
      const placed = place(points);
      const mean = allocate(8 * d);
      const centred = allocate(8 * n * d);
      kernel.centre(placed, n, d, mean, centred);
      const axes = n < d ? axesOfPoints(centred, n, d, nComponents) : axesOfFeatures(placed, mean, n, d, nComponents);
      const columns = allocate(8 * d * nPadded);
      kernel.layOut(axes, nComponents, d, nPadded, columns);
      const out = allocate(4 * n * nPadded);
      kernel.project(placed, n, d, mean, columns, nPadded, allocate(8 * d), out);
      const rows = floats(out, n * nPadded);
      const coordinates = new Float32Array(n * nComponents);
      for (let i = 0; i < n; i++) coordinates.set(rows.subarray(i * nPadded, i * nPadded + nComponents), i * nComponents);
      return Promise.resolve(coordinates);
    },

    neighbours: (points, n, d, count) => {
      begin();
      const placed = place(points);
      const blocks = allocate(64 * d * Math.ceil(n / 8));
      const indices = allocate(4 * n * count);
      const distances = allocate(8 * n * count);
      kernel.neighbours(placed, n, d, count, blocks, allocate(64), indices, distances);
      return { indices: new Int32Array(kernel.memory.buffer, indices, n * count).slice(), distances: doubles(distances, n * count).slice() };
    },

    epochs: (picture, graph, nEpochs, random) => {
      begin();
      let state = firstState(random);
      const { heads, tails, period, due, negativePeriod, negativeDue } = scheduleEdges(graph, nEpochs);
      const nEdges = heads.length;
      const placed = allocate(8 * picture.length);
      const edges = allocate(EDGE_BYTES * nEdges);
      const { octaves, values, rises } = powerTable(B);
      const table = allocate(8 * (octaves.length + values.length + rises.length));
      doubles(placed, picture.length).set(picture);
      for (const [i, part] of [octaves, values, rises].entries()) doubles(table + [0, 2048, 10_240][i]!, part.length).set(part);
      const numbers = doubles(edges, (EDGE_BYTES / 8) * nEdges);
      const places = new Int32Array(kernel.memory.buffer, edges, (EDGE_BYTES / 4) * nEdges);
      for (let e = 0; e < nEdges; e++) {
        numbers[5 * e] = period[e]!;
        numbers[5 * e + 1] = due[e]!;
        numbers[5 * e + 2] = negativePeriod[e]!;
        numbers[5 * e + 3] = negativeDue[e]!;
        places[10 * e + 8] = 8 * heads[e]!;
        places[10 * e + 9] = 8 * tails[e]!;
      }
      let number = 0;
      return () => {
        state = kernel.epoch(placed, picture.length / 2, edges, nEdges, table, number, rateOf(number, nEpochs), state);
        number++;
        picture.set(doubles(placed, picture.length));
      };
    },
  };
}
