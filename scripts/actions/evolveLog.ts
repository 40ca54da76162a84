import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { FileFormatError } from '../../src/errors/FileFormatError.ts';
import type { Coefficients } from '../../src/model/merge-recipes.ts';
import type { Fitness } from '../../src/training/fitness.ts';
import { writeDurably } from '../files/durable.ts';

/** A child that was measured. */
export interface Candidate {
  /** [layer 1..L][parent], integers over 2^14. */
  coefficients: Coefficients;
  /** undefined: it cannot be proved. */
  fitness: Fitness | undefined;
}

/** A line of the log: all that is needed to go on after it. */
export interface Generation {
  /** 0: the average of the parents, from which the search begins; 1, 2, ..: what the search asked for. */
  generation: number;
  candidates: Candidate[];
}

/**
 * The log of a search, one generation a line. A generation is in it once it is safe on disk: what a kill cut off is taken away
 * when the log is opened again.
 */
export class EvolveLog {
  readonly path: string;
  /** What was in it when it was opened. */
  readonly known: Generation[];

  /** @throws FileFormatError naming the line for anything that `add` could not have written */
  constructor(path: string) {
    this.path = path;
    const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    this.known = whole
      .split('\n')
      .slice(0, -1)
      .map((line, k) => parse(line, k, path));
    if (whole !== text || !existsSync(path)) writeDurably(path, whole);
  }

  add(generation: Generation): void {
    const bytes = Buffer.from(`${JSON.stringify(generation, (_, v) => (typeof v === 'bigint' ? `${v}` : v))}\n`);
    const file = openSync(this.path, 'a');
    try {
      for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done, bytes.length - done);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  }
}

function parse(line: string, k: number, path: string): Generation {
  try {
    const { generation, candidates } = JSON.parse(line);
    if (generation !== k) throw new Error(`generation ${generation} stands where ${k} belongs`);
    return {
      generation,
      candidates: candidates.map(({ coefficients, fitness }: { coefficients: Coefficients; fitness?: unknown }) => ({
        coefficients,
        fitness: fitness === undefined ? undefined : fitnessOf(fitness),
      })),
    };
  } catch (cause) {
    throw new FileFormatError(`Line ${k + 1} of ${path} is no generation of a search.`, { cause });
  }
}

/** @throws Error for what no child is worth */
function fitnessOf(written: unknown): Fitness {
  const { right, error } = written as { right: unknown; error: unknown };
  if (right !== null && !(typeof right === 'number' && Number.isSafeInteger(right) && right >= 0)) {
    throw new Error('rows right are a natural number');
  }
  if (typeof error !== 'string' || !/^\d+$/.test(error)) throw new Error('an error is a natural number');
  return { right, error: BigInt(error) };
}
