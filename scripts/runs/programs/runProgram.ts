import type { Hex } from 'viem';
import { InputError } from '../../../src/errors/InputError.ts';
import type { AnyWeights } from '../../../src/model/networkWeights.ts';
import type { ProofResult, Prover } from '../../../src/proof/prover.ts';
import type { Circuit, Program } from '../../../src/registry/programs/list.ts';
import type { StatementContext } from '../../../src/registry/statement.ts';
import type { Chain } from '../../chain/client.ts';
import type { Committer } from '../commit.ts';
import type { Run } from '../run.ts';

/** Where a proof goes, and the chain to ask. */
export interface Destination extends StatementContext {
  chain: Chain;
}

/** A statement that a run claims, read from its files and ready to be proved. */
export interface RunTask {
  /** Of the edge file: <name>.edge.json. */
  name: string;
  program: Program;
  circuit: Circuit;
  prove(prover: Prover, onStage: (name: string) => void): Promise<ProofResult>;
}

/** What a run is asked about before it is proved. */
export interface Asked {
  where: Destination;
  /** Parents and shards may be registered later. */
  ahead: boolean;
  committer: Committer;
  /** A model of the run's inputs by its id, which is computed once a run. */
  model(file: string, sha256: string): Promise<{ id: Hex; file: string }>;
  /** The same of a shard. */
  shard(file: string, sha256: string): Promise<{ id: Hex; file: string }>;
}

/** How runs of one program are proved. */
export interface RunProgram {
  /** What a proof takes compared with others, for the estimate of what is left. */
  weight: number;
  /** Names of the statements of a run; one of the program's name where this is left out. */
  taskNames?(run: Run): string[];
  /** Name of the first of them. */
  firstTask?: string;
  /** @throws InputError, FileFormatError, CapacityError when the run's files do not make a statement. */
  open(run: Run, name: string, context: StatementContext): Pick<RunTask, 'circuit' | 'prove'>;
  /** @throws InputError, DescentError (chain) where a chain would refuse the edge, whatever the proof */
  ask?(run: Run, asked: Asked): Promise<void>;
}

/** Whether a run was started for rows of another schema than its model's. */
export function takesOtherSchema(inputs: unknown): boolean {
  return (inputs as { otherSchema?: unknown } | null)?.otherSchema === 'yes';
}

/** @throws InputError unless what a run's inputs make is what it has stored */
export function requireSame(run: Run, made: AnyWeights, stored: AnyWeights): void {
  const same = made.layers.every(({ W, b }, l) => sameArray(W, stored.layers[l].W) && sameArray(b, stored.layers[l].b));
  if (same) return;
  throw new InputError(`The weights of the run ${run.name} do not follow from its inputs.`, {
    hint: `Delete ${run.folder} and make it again.`,
  });
}

function sameArray(a: BigInt64Array, b: BigInt64Array): boolean {
  return a.length === b.length && a.every((value, k) => value === b[k]);
}
