import { closeSync, existsSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Curve, type Progress, type Srs } from '../../src/argument/curve.ts';
import type { Point } from '../../src/argument/types.ts';
import { InputError } from '../../src/errors/InputError.ts';
import { CHUNK_SIZE, COLUMN_BITS, PROOF_POWERS } from '../../src/numbers/constants.ts';
import { mod, power } from '../../src/numbers/field.ts';
import { functionTable, TABLE_NAMES, TABLE_SIZE } from '../../src/training/tables.ts';
import { writeDurably } from '../files/durable.ts';
import { type Bn254, G1_BYTES, g2Words } from './bn254.ts';
import { readRange, writeIfChanged } from './files.ts';
import { SETUP_FOLDER, SRS_JSON } from './paths.ts';
import { openPtau } from './ptau.ts';
import { encodeScalars } from './scalars.ts';
import { devTau } from './secrets.ts';

/** Columns of the first level of an opening (protocol section 4): the verifier holds tau^C G2. */
const C = 1 << COLUMN_BITS;
const SMALLEST = 1 << 12;
/** A chunk's polynomial has at most C rows of C coefficients. */
const LARGEST = C * C;
/** Powers that are computed at a time. */
const PART = 1 << 16;

/** Where the powers come from: a powers-of-tau file, or (null) the public constant of development. */
export interface SrsSource {
  ptau: string | null;
}

export interface LoadOptions {
  /** powers-of-tau file to read instead of the source that `setup` recorded */
  ptau?: string;
  folder?: string;
  onProgress?: Progress;
}

/**
 * The first `minSize` powers of tau, as many as any proof takes unless given. From a ceremony file they are read; those of development are computed where they
 * are missing (on all processors) and kept in `folder`.
 * @throws InputError for more than 2^20 powers or more than the file holds, FileFormatError for a damaged file
 */
export async function loadSrs(minSize = PROOF_POWERS, options: LoadOptions = {}): Promise<Srs> {
  if (!Number.isInteger(minSize) || minSize < 1 || minSize > LARGEST) {
    throw new InputError(`an SRS of ${minSize} powers: only 1 to 2^${2 * COLUMN_BITS} can be used`);
  }
  const folder = options.folder ?? SETUP_FOLDER;
  const ptau = options.ptau ?? readSource(folder).ptau;
  if (ptau === null) return loadDevSrs(minSize, folder, options.onProgress);
  const file = openPtau(ptau);
  try {
    return { size: minSize, points: file.tauG1(minSize) };
  } finally {
    file.close();
  }
}

async function loadDevSrs(minSize: number, folder: string, onProgress?: Progress): Promise<Srs> {
  const path = join(folder, 'srs.points');
  let size = SMALLEST;
  while (size < minSize) size *= 2;
  if (size > CHUNK_SIZE && minSize <= PROOF_POWERS) size = PROOF_POWERS;
  const cached = readPoints(path);
  if (cached.count >= minSize && (await lastIsRight(cached))) return { size: minSize, points: cached.read(minSize) };
  const curve = await Curve.load();
  try {
    const known =
      cached.count < minSize && (await lastIsRight(cached, curve)) ? cached.read(cached.count) : new Uint8Array(0);
    const points = await extend(known, size, curve, onProgress);
    writeDurably(path, points);
    return { size: minSize, points: points.subarray(0, minSize * G1_BYTES) };
  } finally {
    await curve.close();
  }
}

/** The powers in `known` followed by those up to `size`. */
async function extend(known: Uint8Array, size: number, curve: Curve, onProgress?: Progress): Promise<Uint8Array> {
  const points = new Uint8Array(size * G1_BYTES);
  points.set(known);
  const tau = devTau();
  const first = known.length / G1_BYTES;
  let factor = power(tau, BigInt(first));
  for (let from = first; from < size; from += PART) {
    const scalars: bigint[] = [];
    for (let i = from; i < Math.min(size, from + PART); i++) {
      scalars.push(factor);
      factor = mod(factor * tau);
    }
    points.set(await curve.fixedBase(encodeScalars(scalars)), from * G1_BYTES);
    onProgress?.(from + scalars.length - first, size - first);
  }
  return points;
}

interface PointFile {
  count: number;
  read(count: number, from?: number): Uint8Array;
}

function readPoints(path: string): PointFile {
  if (!existsSync(path)) return { count: 0, read: () => new Uint8Array(0) };
  const file = openSync(path, 'r');
  const count = Math.floor(fstatSync(file).size / G1_BYTES);
  closeSync(file);
  return {
    count,
    read: (n, from = 0) => {
      const handle = openSync(path, 'r');
      try {
        return readRange(handle, from * G1_BYTES, n * G1_BYTES);
      } finally {
        closeSync(handle);
      }
    },
  };
}

/**
 * Whether the last cached power is the one that belongs there (a file of another constant, or damaged, is not used).
 */
async function lastIsRight(cached: PointFile, shared?: Curve): Promise<boolean> {
  if (cached.count === 0) return false;
  const curve = shared ?? (await Curve.load({ threads: 1 }));
  try {
    const expected = await curve.fixedBase(encodeScalars([power(devTau(), BigInt(cached.count - 1))]));
    return Buffer.compare(expected, cached.read(1, cached.count - 1)) === 0;
  } finally {
    if (!shared) await curve.close();
  }
}

/** Records where `loadSrs` reads from, and writes the points that contracts hold. @throws InputError for too few powers */
export async function installSrs(
  source: SrsSource,
  bn: Bn254,
  folder = SETUP_FOLDER,
  target = SRS_JSON,
): Promise<void> {
  const points = source.ptau === null ? devPoints(bn) : ptauPoints(source.ptau);
  const [tauG2, tauCG2] = points.map((point) => g2Words(bn, point));
  const { x, y } = source.ptau === null ? devTables(bn) : await tablesCommitment(source.ptau);
  const json = { devKeys: source.ptau === null, tauG2, tauCG2, tablesG1: [String(x), String(y)] };
  writeDurably(join(folder, 'source.json'), `${JSON.stringify(source, null, 2)}\n`);
  writeIfChanged(target, `${JSON.stringify(json, null, 2)}\n`);
}

function devPoints(bn: Bn254): Uint8Array[] {
  return [1, C].map((k) => bn.G2.timesFr(bn.G2.g, bn.Fr.e(power(devTau(), BigInt(k)))));
}

function ptauPoints(path: string): Uint8Array[] {
  const file = openPtau(path);
  try {
    return [1, C].map((k) => file.tauG2(k));
  } finally {
    file.close();
  }
}

/** The vector of the tables (protocol section 1): EXP, SIG, LOSS. */
function tableEntries(): Uint32Array {
  const entries = new Uint32Array(TABLE_NAMES.length * TABLE_SIZE);
  TABLE_NAMES.forEach((name, at) => {
    entries.set(functionTable(name), at * TABLE_SIZE);
  });
  return entries;
}

/** The commitment to the tables under the constant of development: what they are at tau, times the generator. */
function devTables({ G1, Fr }: Bn254): Point {
  const value = tableEntries().reduceRight((sum, entry) => mod(sum * devTau() + BigInt(entry)), 0n);
  const [x, y] = G1.toObject(G1.toAffine(G1.timesFr(G1.g, Fr.e(value))));
  return { x, y };
}

/** The commitment to the tables under the powers of a ceremony. @throws InputError unless the file holds so many powers */
export async function tablesCommitment(ptau: string): Promise<Point> {
  const entries = tableEntries();
  const file = openPtau(ptau);
  try {
    const points = file.tauG1(entries.length);
    const curve = await Curve.load();
    try {
      return await curve.msm(points, new Uint8Array(entries.buffer), entries.BYTES_PER_ELEMENT);
    } finally {
      await curve.close();
    }
  } finally {
    file.close();
  }
}

function readSource(folder: string): SrsSource {
  const path = join(folder, 'source.json');
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : { ptau: null };
}

/**
 * Whether points i and i + 1 of a powers-of-tau file (as far as it can be used) differ by the factor that is in tauG2,
 * and the points at C agree in both groups: pairings of random combinations, so a file of other points passes
 * with probability 2^-128. Says nothing about who knows tau.
 */
export async function srsIsConsistent(ptau: string, bn: Bn254): Promise<boolean> {
  const curve = await Curve.load();
  const file = openPtau(ptau);
  try {
    const { G1, G2 } = bn;
    const size = Math.min(LARGEST, 2 ** (file.power + 1) - 1);
    const points = file.tauG1(size);
    const generator = new Uint8Array(G1_BYTES);
    G1.toRprLEM(generator, 0, G1.g);
    if (Buffer.compare(points.subarray(0, G1_BYTES), generator) !== 0) return false;
    const weights = new Uint8Array(16 * (size - 1));
    for (let at = 0; at < weights.length; at += 65536) crypto.getRandomValues(weights.subarray(at, at + 65536));
    const combine = async (from: number) => {
      const { x, y } = await curve.msm(points.subarray(from * G1_BYTES), weights, 16);
      return x === 0n && y === 0n ? G1.zero : G1.fromObject([x, y]);
    };
    const [low, high] = [await combine(0), await combine(1)];
    if (!(await bn.pairingEq(high, G2.g, G1.neg(low), file.tauG2(1)))) return false;
    const columns = G1.fromRprLEM(points, C * G1_BYTES);
    return await bn.pairingEq(columns, G2.g, G1.neg(G1.g), file.tauG2(C));
  } finally {
    file.close();
    await curve.close();
  }
}
