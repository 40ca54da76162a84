import type { Curve, Srs } from '../../src/argument/curve.ts';
import type { Kernels } from '../../src/argument/kernels.ts';
import { Session } from '../../src/argument/session.ts';
import { mod, R, randomElement } from '../../src/numbers/field.ts';
import type { ArgumentResult } from '../../src/programs/common.ts';
import { circuitSignals, foldedValue } from '../../src/registry/statement.ts';

/** Any point: circuits see of points only the digests, which they take as given. */
const POINT = { x: 1n, y: 2n };

/**
 * Runs a program's argument without the curve: all its messages are right, its points mean nothing.
 * @param parameters names of the inputs that are public parameters, in order
 * @param late the parameters behind them that are no inputs
 * @returns the circuit's inputs, and the public signals c, v, fold that it must have
 */
export async function argue<Result extends ArgumentResult>(
  kernels: Kernels,
  parameters: readonly string[],
  prove: (session: Session) => Promise<Result>,
  late: (result: Result) => readonly bigint[] = () => [],
): Promise<{ inputs: ArgumentResult['inputs']; expected: bigint[] }> {
  const point = async () => POINT;
  const curve = { threads: 1, msm: point, sum: point, lookups: point } as unknown as Curve;
  const srs = { size: 2 ** 20, points: new Uint8Array(2 ** 26) } as unknown as Srs;
  const hash = (words: readonly bigint[]) => words.reduce((sum, word) => mod(sum * 3n + word), 1n);
  const mark = kernels.mark();
  try {
    const result = await prove(new Session({ kernels, curve, srs }, randomElement() % R, hash));
    const { inputs, challenges } = result;
    const own = [...parameters.flatMap((name) => inputs[name] as bigint | bigint[]), ...late(result)];
    const sigma = circuitSignals(challenges, challenges.chunk.length - 1, inputs.h as bigint[], own);
    const fold = inputs.fold as bigint;
    return { inputs, expected: [challenges.digest, foldedValue(sigma, fold), fold] };
  } finally {
    kernels.release(mark);
  }
}
