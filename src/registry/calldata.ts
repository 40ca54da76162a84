import { type Address, decodeFunctionData, encodeFunctionData, type Hex, isAddressEqual } from 'viem';
import type { Proof } from '../argument/types.ts';
import { FileFormatError } from '../errors/FileFormatError.ts';
import { modelRegistryAbi, relayAbi, scoreboardAbi } from '../generated/abi.ts';
import { decodeShape, decodeShard } from '../model/shape.ts';
import { checkStatement } from './rules.ts';
import type { Statement } from './statement.ts';

/** A statement with its proof, as a transaction carries them. */
export interface ProvedCall {
  statement: Statement;
  proof: Proof;
}

/** What the registry drew for a seed: the call only names the request. */
export interface DrawnSeed {
  widths: number[];
  seed: bigint;
}

const TARGETS_ABI = [...modelRegistryAbi, ...scoreboardAbi];

/**
 * The call data that a transaction brought to a target: its own, or what the relay carried for a trainer who had signed.
 * @param relay the one that the target trusts
 * @returns undefined where the transaction called neither of them so that it can be read
 */
export function callWithin(
  { to, input }: { to: Address | null; input: Hex },
  target: Address,
  relay: Address,
): Hex | undefined {
  if (to === null) return undefined;
  if (isAddressEqual(to, target)) return input;
  if (!isAddressEqual(to, relay)) return undefined;
  try {
    const { functionName, args } = decodeFunctionData({ abi: relayAbi, data: input });
    // Every function of the relay takes the target, what the target's own function takes, and the permission.
    const [carriedTo, ...carried] = (args as readonly unknown[]).slice(0, -1);
    if (!isAddressEqual(carriedTo as Address, target)) return undefined;
    return encodeFunctionData({ abi: TARGETS_ABI, functionName, args: carried } as never);
  } catch {
    return undefined;
  }
}

/**
 * Reads the call data of a registration, made by anyone: the inverse of `registryCall`. Nothing is verified here.
 * @param drawn for a call of `seed`, from the registry's events
 * @throws FileFormatError when the data is not such a call
 */
export function readProvedCall(data: Hex, drawn?: DrawnSeed): ProvedCall {
  try {
    const call = read(data, drawn);
    checkStatement(call.statement);
    return call;
  } catch (cause) {
    if (cause instanceof FileFormatError) throw cause;
    throw new FileFormatError('The call data does not register a proved statement.', { cause, details: '' });
  }
}

function read(data: Hex, drawn: DrawnSeed | undefined): ProvedCall {
  const call = decodeFunctionData({ abi: TARGETS_ABI, data });
  switch (call.functionName) {
    case 'registerShard': {
      const [inputs, outputs, rows, kind, schema, commitment, proof] = call.args;
      const shape = { inputs: Number(inputs), outputs: Number(outputs), rows: Number(rows) };
      const shard = { ...shape, kind: kind === 1 ? ('classes' as const) : ('regression' as const) };
      return { statement: { program: 'data', shard, schema, commitment }, proof: proofOf(proof) };
    }
    case 'seed': {
      const [requestId, commitment, proof] = call.args;
      if (drawn === undefined) throw new FileFormatError('The call is of a seed that nobody drew.');
      return { statement: { program: 'seed', requestId, ...drawn, commitment }, proof: proofOf(proof) };
    }
    case 'train': {
      const [{ parent, shape, shard, descriptor, learningRate, batch, child }, proof] = call.args;
      const statement: Statement = {
        program: 'train',
        widths: decodeShape(shape),
        parent,
        shard: decodeShard(descriptor),
        shardCommitment: shard,
        learningRate: Number(learningRate),
        batch: Number(batch),
        child,
      };
      return { statement, proof: proofOf(proof) };
    }
    case 'importModel': {
      const [widths, source, schema, commitment, proof] = call.args;
      const statement: Statement = { program: 'import', widths: [...widths], commitment, source, schema };
      return { statement, proof: proofOf(proof) };
    }
    case 'merge': {
      const [{ parents, shape, coefficients, child }, proof] = call.args;
      const statement: Statement = {
        program: 'merge',
        widths: decodeShape(shape),
        child,
        parents: [...parents],
        coefficients: coefficients.map((layer) => [...layer]),
      };
      return { statement, proof: proofOf(proof) };
    }
    case 'score': {
      const [{ model, shape, shard, descriptor, result }, proof] = call.args;
      const statement: Statement = {
        program: 'score',
        widths: decodeShape(shape),
        model,
        shard: decodeShard(descriptor),
        shardCommitment: shard,
        result,
      };
      return { statement, proof: proofOf(proof) };
    }
    default:
      throw new FileFormatError(`${call.functionName} does not register a proved statement.`);
  }
}

interface SentProof {
  groth16: readonly bigint[];
  points: Proof['points'];
  challenges: Proof['signals'];
}

function proofOf({ groth16, points, challenges }: SentProof): Proof {
  return { groth16: [...groth16], points, signals: challenges };
}
