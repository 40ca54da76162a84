import { BaseError, decodeErrorResult, type Hex } from 'viem';
import { DescentError, type ExitClass } from '../../src/errors/DescentError.ts';
import { nodeAnswer } from '../../src/errors/nodeAnswer.ts';
import { errorsAbi } from '../../src/generated/abi.ts';
import { commandLine } from '../terminal/invocation.ts';
import { shortMessage } from './client.ts';

/** Errors of the registry that say: the proof is not good. All others say: the chain is in another state. */
const PROOF_ERRORS = [
  'ProofRejected',
  'InvalidPoint',
  'SignalNotInField',
  'WrongChunkCount',
  'MalformedCommitments',
  'WrongParameterCount',
  'ForeignProofRejected',
];

const HINTS: Record<string, string> = {
  ProofRejected:
    'Was the edge proved with the keys and powers of this registry, for this chain and this sender? Prove it again.',
  ForeignProofRejected:
    'Was the foreign proof made for this chain, registry, trainer, child and these parents in this order?',
  NotEnoughGas: 'Nothing is said of the proof. Send it again with more gas, or a run in shorter parts.',
  WrongSecret: 'The seed was asked for with another secret: use the folder of the run that asked for it.',
  SeedTooEarly: 'The block that decides the seed is not made yet. Try again in a moment.',
  OwnableUnauthorizedAccount: 'Only the owner of the contract can do this.',
  KeyPending: 'The key before does not count yet: wait until it does.',
  UnknownModel: 'Submit the edge of the parent first.',
  UnknownShard: 'Submit the edge of the shard first.',
  Expired: 'The trainer has to sign the edge again.',
  NonceUsed: 'The request was sent or cancelled before. The trainer can sign the edge again.',
  WrongSignature: 'Was it signed with the key of the edge’s trainer? Let the trainer sign it again.',
  NotScored: `Prove the model on every shard of the benchmark first: ${commandLine('score', '--shards')}.`,
  ModelTooLate: 'The benchmark was sealed: only models registered up to its closing block count.',
  StillSealed: `It can be ranked on when it is open: ${commandLine('benchmark', 'unseal')}.`,
  SealExists: 'An account seals a list of shards once, whatever the closing block and the rules.',
  OpenByOutOfRange: 'Say a time that is ahead, five years at most.',
  NothingForfeited: 'A bond is burned once, where a benchmark was not opened in time.',
  DeclaredModel: 'The rules of the benchmark admit no model that is declared or descends from one that is.',
  ForeignModel: 'The rules of the benchmark admit no model in whose descent a foreign program has a part.',
  SchemasDiffer: 'The rules of the benchmark ask that model and rows state the same columns and classes.',
  WrongFee: 'What is due changed in the meantime. Run the command again.',
  SealBroken: 'One of its shards was registered before the closing block, so it can never be opened.',
  NotTheTrainer: 'Only the trainer of a model can write its card.',
  NotTheRegistrar: 'Only the key of who listed the shards can do this.',
  NotTheSource: 'Only the key of the source can do this, and whom it let (descent attest operator).',
  RevokedDataset: 'Its registrar revoked it: no other benchmark can be made of it.',
  UnknownBenchmark: `${commandLine('leaderboard')} lists the benchmarks.`,
  StackTooHigh:
    'The shares of its ancestors come to more than the whole. Lowering them later changes nothing about that.',
  ShareNotLower: 'A share can only become lower. What is chosen for nodes to come: descent credit share.',
  SplitTooLarge: 'Too many nodes have a part in it to list them in one call.',
  NothingOwed: 'What is claimable or collectable has to be claimed first: descent credit claim.',
  NotTheKey: 'Only the key of the trainer can do this.',
  NotTheKeyOf: 'Only the key of the trainer can do this, and a successor must be the same trainer’s.',
  NotLater: 'A successor is registered later than the model that it supersedes.',
  SeedExpired:
    'Start another seed run: the chain has forgotten the block that decides this seed, and nobody fixed its hash in time.',
};

/** The registry's revert, translated: which error, with which values; else what answered in the node's place, or its own words. */
export function explainRevert(error: unknown): unknown {
  const data = revertData(error);
  if (data === undefined) {
    if (error instanceof DescentError) return error;
    const { trouble, says, hint } = nodeAnswer(error);
    if (trouble !== 'other') {
      const again = `${hint} The same command continues where this one stopped.`;
      return new DescentError(says, { cause: error, details: '', code: 'NODE_TROUBLE', exit: 'chain', hint: again });
    }
    const details = shortMessage(error);
    return new DescentError('The node refused the transaction.', {
      cause: error,
      details,
      code: 'REFUSED',
      exit: 'chain',
    });
  }
  const revert = decode(data);
  const exit: ExitClass = PROOF_ERRORS.includes(revert.name) ? 'proof' : 'chain';
  return new DescentError(`The registry refuses: ${revert.text}.`, {
    cause: error,
    details: '',
    code: revert.name,
    exit,
    hint: HINTS[revert.name],
  });
}

/** Name of the registry's error, or undefined when the error is none of them. */
export function revertName(error: unknown): string | undefined {
  const data = revertData(error);
  return data === undefined ? undefined : decode(data).name;
}

function revertData(error: unknown): Hex | undefined {
  if (!(error instanceof BaseError)) return undefined;
  let found: Hex | undefined;
  error.walk((inner) => {
    const { data } = inner as { data?: unknown };
    const value = typeof data === 'object' && data !== null && 'data' in data ? data.data : data;
    if (typeof value === 'string' && /^0x[0-9a-f]{8}/i.test(value)) found ??= value as Hex;
    return false;
  });
  return found;
}

function decode(data: Hex): { name: string; text: string } {
  try {
    const { errorName, args } = decodeErrorResult({ abi: errorsAbi, data });
    return { name: errorName, text: `${errorName}(${(args ?? []).join(', ')})` };
  } catch {
    return { name: 'UNKNOWN_REVERT', text: `an unknown error ${data.slice(0, 74)}` };
  }
}
