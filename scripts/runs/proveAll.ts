import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { LocalAccount } from 'viem';
import type { Program } from '../../src/registry/programs/list.ts';
import type { StatementContext } from '../../src/registry/statement.ts';
import type { Chain } from '../chain/client.ts';
import { describeFunds, GAS_AT_MOST, readFunds, requireFunds } from '../chain/funds.ts';
import { type Submission, submitEdge } from '../chain/submitEdge.ts';
import { readEdgeFile } from '../files/models.ts';
import { formatSeconds, type Output } from '../terminal/output.ts';
import { counted } from '../terminal/plural.ts';
import { RUN_PROGRAMS } from './programs/table.ts';
import type { ProvedEdge } from './proveRun.ts';
import type { ProverPool } from './proverPool.ts';

/** A run of one statement that is to be proved and registered. */
export interface ProvingStep {
  /** For people, such as `segment 3`. */
  label: string;
  program: Program;
  folder: string;
}

export interface ProvedStep extends ProvingStep {
  proof: ProvedEdge;
  submission: Submission;
}

export interface ProvingTools {
  chain: Chain;
  /** The registry, for scores the scoreboard. */
  contract: StatementContext['registry'];
  account: LocalAccount;
  pool: ProverPool;
  output: Output;
}

/**
 * Proves runs side by side and registers them one after the other in their order, in which each must come after what it
 * builds on. Begun again, it proves and sends only what is missing; what stands on chain is looked up each time.
 * @throws the first error in the order of the steps; those before it are registered.
 */
export async function proveAll(steps: readonly ProvingStep[], tools: ProvingTools): Promise<ProvedStep[]> {
  const { chain, contract, account, pool, output } = tools;
  const context: StatementContext = { chainId: BigInt(chain.id), registry: contract, trainer: account.address };
  const fresh = steps.filter(({ folder, program }) => !existsSync(join(folder, edgeName(program))));
  await checkFunds(steps, tools);
  const progress = new Estimate(fresh, output);
  output.progress.stage(`prove and register ${counted(steps.length, 'statement')}`);
  const proofs = steps.map((step) => pool.prove(step.folder, context, (said) => progress.update(step, said)));
  // Each is awaited in its turn; until then a failure must not end the process.
  for (const [k, proof] of proofs.entries()) proof.then(() => progress.finish(steps[k])).catch(() => undefined);
  const proved: ProvedStep[] = [];
  for (const [k, step] of steps.entries()) {
    const [proof] = await proofs[k];
    const file = join(step.folder, proof.file);
    const submission = await submitEdge(chain, account, readEdgeFile(file), `${file}.tx`);
    proved.push({ ...step, proof, submission });
    const accepted = submission.sent
      ? `accepted for ${submission.gas?.toLocaleString('en-US')} gas`
      : 'was registered before';
    output.note(
      `  ${step.label}: proved in ${formatSeconds(proof.seconds)}, ${accepted} (${k + 1} of ${steps.length})`,
    );
  }
  output.progress.done();
  return proved;
}

/** Refuses where not even the first edge could be paid for; warns where not all could. */
async function checkFunds(steps: readonly ProvingStep[], { chain, account, output }: ProvingTools): Promise<void> {
  const unsent = steps.filter(({ folder, program }) => !existsSync(join(folder, `${edgeName(program)}.tx`)));
  if (unsent.length === 0) return;
  await requireFunds(chain, account.address, GAS_AT_MOST[unsent[0].program]);
  const gas = unsent.reduce((sum, { program }) => sum + GAS_AT_MOST[program], 0);
  const funds = await readFunds(chain, account.address, gas);
  if (funds.held < funds.needed) output.warn(`${describeFunds(funds)} for ${counted(unsent.length, 'edge')}.`);
}

function edgeName(program: Program): string {
  return `${RUN_PROGRAMS[program].firstTask ?? program}.edge.json`;
}

/** How much of the proving is done, by the weight of its steps. */
class Estimate {
  readonly #steps: readonly ProvingStep[];
  readonly #output: Output;
  readonly #done = new Map<ProvingStep, number>();
  readonly #shown = new Map<ProvingStep, string>();

  constructor(steps: readonly ProvingStep[], output: Output) {
    this.#steps = steps;
    this.#output = output;
  }

  update(step: ProvingStep, { fraction, detail }: { fraction: number; detail: string }): void {
    if (this.#done.get(step) === 1) return;
    this.#done.set(step, Math.min(fraction, 0.99));
    this.#shown.set(step, `${step.label} ${detail}`);
    this.#show();
  }

  finish(step: ProvingStep): void {
    this.#done.set(step, 1);
    this.#shown.delete(step);
    this.#show();
  }

  #show(): void {
    const total = this.#steps.reduce((sum, { program }) => sum + RUN_PROGRAMS[program].weight, 0);
    const done = this.#steps.reduce(
      (sum, step) => sum + RUN_PROGRAMS[step.program].weight * (this.#done.get(step) ?? 0),
      0,
    );
    this.#output.progress.update(total === 0 ? 1 : done / total, [...this.#shown.values()].join(', '));
  }
}
