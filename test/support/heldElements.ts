import type { Curve } from '../../src/argument/curve.ts';
import { Session } from '../../src/argument/session.ts';
import type { Prover } from '../../src/proof/prover.ts';
import { hashWords } from '../../src/registry/statement.ts';

/** The most field elements that stood at once while an argument was made. */
export async function heldElements(
  { backend }: Prover,
  prove: (session: Session) => Promise<unknown>,
): Promise<number> {
  const { kernels } = backend;
  // Commitments are made elsewhere: here any point will do.
  const point = async () => ({ x: 1n, y: 2n });
  const curve = { threads: 1, msm: point, sum: point, lookups: point } as unknown as Curve;
  const [start, raw] = [kernels.mark(), kernels.raw];
  let most = start;
  kernels.raw = (length) => {
    const made = raw.call(kernels, length);
    most = Math.max(most, kernels.mark());
    return made;
  };
  try {
    await prove(new Session({ ...backend, curve }, 5n, hashWords));
  } finally {
    kernels.raw = raw;
    kernels.release(start);
  }
  return (most - start) / 32;
}
