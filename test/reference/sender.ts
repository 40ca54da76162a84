// A prover's messages on their way out: where a cheat changes them, and where it makes the next check hold again.

import { inverse, mod } from './algebra.ts';
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
   * @param residual what the next check lacks with a message; linear in each entry
   * @throws RangeError where the entry to repair with does not enter the check
   */
  send(stage: string, message: bigint[], weights?: readonly bigint[], residual?: (m: bigint[]) => bigint): bigint[] {
    const sent = this.#interfere(stage, message, weights).map(mod);
    const at = this.#repair[stage];
    if (at === undefined || !residual) return sent;
    const missing = residual(sent);
    if (missing === 0n) return sent;
    const slope = mod(missing - residual(sent.with(at, sent[at] + 1n)));
    if (slope === 0n) throw new RangeError(`entry ${at} of ${stage} is in no check`);
    return sent.with(at, mod(sent[at] + missing * inverse(slope)));
  }
}
