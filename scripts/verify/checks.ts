import { encodeShape, encodeShard } from '../../src/model/shape.ts';
import { verifyProof } from '../../src/proof/verify.ts';
import type { Edge } from '../../src/registry/edge.ts';
import { modelId, resultId, shardId } from '../../src/registry/ids.ts';
import { type Statement, statementDigest } from '../../src/registry/statement.ts';
import { readShardFile, readWeightsFile } from '../files/models.ts';
import { createCommitter } from '../proving/commit.ts';
import { readPowers, readProgramKey } from '../proving/keys.ts';

/** One finding, in words. Unknown is what cannot be told here; it speaks neither for nor against the edge. */
export interface Check {
  about:
    | 'file'
    | 'transaction'
    | 'digest'
    | 'signals'
    | 'groth16'
    | 'opening'
    | 'contract'
    | 'key'
    | 'powers'
    | 'record'
    | 'weights'
    | 'shard';
  holds: boolean | 'unknown';
  says: string;
}

/** What the proof itself shows: its statement, its Groth16 part, its openings. */
export async function checkProof({ origin, statement, proof }: Edge): Promise<Check[]> {
  const { vkey, identity } = readProgramKey(statement.program);
  const verification = await verifyProof(origin, statement, proof, { vkey, srs: readPowers() });
  const digest = `0x${statementDigest(origin, statement).toString(16).padStart(64, '0')}`;
  return [
    {
      about: 'digest',
      holds: true,
      says: `The statement's digest ${digest} binds the proof to chain ${origin.chainId}, contract ${origin.registry} and sender ${origin.trainer}.`,
    },
    {
      about: 'signals',
      holds: verification.canonical,
      says: verification.canonical
        ? 'Every public signal is below the order of the field.'
        : 'A public signal is not below the order of the field.',
    },
    {
      about: 'groth16',
      holds: verification.groth16,
      says: `The Groth16 proof ${verification.groth16 ? 'holds' : 'does not hold'} with the key of program ${statement.program}, ${identity.verificationKey}.`,
    },
    {
      about: 'opening',
      holds: verification.opening,
      says: verification.opening
        ? 'The commitments open to the values that the proof was checked with.'
        : 'The commitments do not open to the values that the proof was checked with.',
    },
  ];
}

/** Whether files that were released are what the edge commits to. @throws InputError, FileFormatError for bad files */
export async function checkFiles(
  statement: Statement,
  { weights, shard }: { weights?: string; shard?: string },
): Promise<Check[]> {
  const committer = createCommitter();
  try {
    const checks: Check[] = [];
    if (weights !== undefined) {
      const id = modelOf(statement);
      checks.push(compare('weights', weights, id, id && (await committer.model(readWeightsFile(weights)))));
    }
    if (shard !== undefined) {
      const id = shardOf(statement);
      checks.push(compare('shard', shard, id, id && (await committer.shard(readShardFile(shard)))));
    }
    return checks;
  } finally {
    await committer.close();
  }
}

function compare(about: 'weights' | 'shard', file: string, expected?: string, found?: string): Check {
  const what = about === 'weights' ? 'model' : 'shard';
  if (expected === undefined)
    return { about, holds: 'unknown', says: `The edge is of no ${what}, so ${file} is of no use.` };
  return found === expected
    ? { about, holds: true, says: `${file} is what the edge commits to as ${what} ${expected}.` }
    : { about, holds: false, says: `${file} is ${what} ${found}; the edge commits to ${expected}.` };
}

/** Id of the model that the statement is about. */
function modelOf(statement: Statement): string | undefined {
  if (statement.program === 'data') return undefined;
  if (statement.program === 'score') return modelId(statement.model, encodeShape(statement.widths));
  return resultId(statement);
}

/** Id of the shard that the statement is about. */
function shardOf(statement: Statement): string | undefined {
  if (statement.program === 'data') return resultId(statement);
  if (statement.program !== 'train' && statement.program !== 'score') return undefined;
  return shardId(statement.shardCommitment, encodeShard(statement.shard));
}
