// A prover's messages on their way out: where a cheat changes them, and where it makes the next check hold again.

import { inverse, mod, squareRoot } from './algebra.ts';
import type { Interference } from './argument.ts';

/** Entry of a message that a cheat changes so that the check of that message holds, by stage. */
export type Repair = Record<string, number>;

export class Sender {
  readonly #interfere: Interference;
  readonly #repair: Repair;

  constructor(interfere: Interference = (_, m) => m, repair: Repair = {}) {
    this.#interfere = interfere;
    this.#repair = repair;
  }

  /**
   * @param residual what the next check lacks with a message; quadratic in each entry at most
   * @throws RangeError where no value of the entry to repair with makes the check hold
   */
  send(stage: string, message: bigint[], weights?: readonly bigint[], residual?: (m: bigint[]) => bigint): bigint[] {
    const sent = this.#interfere(stage, message, weights).map(mod);
    const at = this.#repair[stage];
    if (at === undefined || !residual) return sent;
    const missing = residual(sent);
    if (missing === 0n) return sent;
    const [above, below] = [1n, -1n].map((by) => residual(sent.with(at, mod(sent[at] + by))));
    const by = zeroOf(mod((above + below) * inverse(2n) - missing), mod((above - below) * inverse(2n)), missing);
    if (by === undefined) throw new RangeError(`entry ${at} of ${stage} cannot make its check hold`);
    return sent.with(at, mod(sent[at] + by));
  }
}

/** x with a x^2 + b x + c = 0. */
function zeroOf(a: bigint, b: bigint, c: bigint): bigint | undefined {
  if (a === 0n) return b === 0n ? undefined : mod(-c * inverse(b));
  const root = squareRoot(mod(b * b - 4n * a * c));
  return root === undefined ? undefined : mod((root - b) * inverse(mod(2n * a)));
}
