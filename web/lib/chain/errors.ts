import { BaseError, type Hex } from 'viem';
import { DescentError } from '../../../src/errors/DescentError.ts';
import { nodeAnswer } from '../../../src/errors/nodeAnswer.ts';
import type { Message } from './types.ts';

/** What the registry's errors mean to somebody who submits. */
const REVERTS: Record<string, Omit<Message, 'details'>> = {
  ProofRejected: {
    title: 'The registry rejects the proof.',
    hint: 'It was made with other keys or powers of tau, for another chain, or for another sender. Prove the edge again.',
  },
  InvalidPoint: { title: 'The proof holds a point that is not on the curve.', hint: 'The file is damaged.' },
  SignalNotInField: { title: 'The proof holds a number that is too large.', hint: 'The file is damaged.' },
  UnknownModel: { title: 'The parent is not registered here.', hint: 'Submit the edge of the parent first.' },
  UnknownShard: { title: 'The data is not registered here.', hint: 'Submit the edge of the shard first.' },
  ModelExists: { title: 'This model is registered already.' },
  ShardExists: { title: 'This shard is registered already.' },
  WrongSecret: { title: 'The request for this seed was bound to another secret.' },
  NotEnoughGas: {
    title: 'The transaction has too little gas to judge the proof.',
    hint: 'Let the wallet keep the limit that this page sets.',
  },
  SeedRequestUsed: { title: 'A model was already made of this seed.' },
  SeedRequestOfAnother: { title: 'Somebody else asked for this seed.', hint: 'Only who asked may use it.' },
  SeedExpired: {
    title: 'The seed has expired.',
    hint: 'The chain has forgotten the block that decides it. Ask for another seed.',
  },
  SeedTooEarly: { title: 'The block that decides the seed is not there yet.', hint: 'Try again in a moment.' },
  UnknownSeedRequest: { title: 'Nobody asked for this seed here.' },
  NotBetter: { title: 'In no part is this better than what is proved already.' },
  ModelTooLate: { title: 'The model was registered after this sealed benchmark had closed.' },
  StillSealed: { title: 'This benchmark is still sealed.' },
  NotTheTrainer: { title: 'Only the trainer of a model may do this.' },
  NameTooLong: { title: 'The name is too long.' },
  UriTooLong: { title: 'The link is too long.' },
  TooDeep: { title: 'The line of descent is too long for this registry.' },
};

/** Any error of a wallet, a node or the registry, in words. */
export async function errorInWords(error: unknown): Promise<Message> {
  const details = shortText(error);
  if (hasCode(error, 4001) || /user (rejected|denied)/i.test(details)) {
    return { title: 'You declined in the wallet.', hint: 'Nothing was sent.', rejected: true };
  }
  const data = revertData(error);
  if (data) return revertInWords(data);
  if (/insufficient funds/i.test(details)) return { title: 'The account cannot pay for the gas.', details };
  // Ours are in words already.
  if (error instanceof DescentError) return { title: error.shortMessage, hint: error.hint, details: error.details };
  const { trouble, says, hint } = nodeAnswer(error);
  if (trouble === 'silent') return { title: says, hint: 'Is it running, and may this page reach it?', details };
  if (trouble !== 'other') return { title: says, hint, details };
  return { title: 'That did not work.', details };
}

/** Interfaces are loaded only when something was refused. */
async function revertInWords(data: Hex): Promise<Message> {
  try {
    const [{ decodeErrorResult }, { errorsAbi }] = await Promise.all([
      import('viem'),
      import('../../../src/generated/abi.ts'),
    ]);
    const { errorName, args } = decodeErrorResult({ abi: errorsAbi, data });
    const details = `${errorName}(${(args ?? []).join(', ')})`;
    return { ...(REVERTS[errorName] ?? { title: `The registry refuses: ${errorName}.` }), details };
  } catch {
    return { title: 'The registry refuses without a reason this page knows.', details: data.slice(0, 74) };
  }
}

function revertData(error: unknown): Hex | undefined {
  let found: Hex | undefined;
  eachCause(error, (inner) => {
    const { data } = inner as { data?: unknown };
    const value = typeof data === 'object' && data !== null && 'data' in data ? data.data : data;
    if (typeof value === 'string' && /^0x[0-9a-f]{8}/i.test(value)) found ??= value as Hex;
  });
  return found;
}

function hasCode(error: unknown, code: number): boolean {
  let found = false;
  eachCause(error, (inner) => {
    if ((inner as { code?: unknown }).code === code) found = true;
  });
  return found;
}

function eachCause(error: unknown, visit: (inner: object) => void): void {
  for (let at = error, k = 0; typeof at === 'object' && at !== null && k < 12; at = (at as Error).cause, k++) visit(at);
}

function shortText(error: unknown): string {
  if (error instanceof BaseError) return [error.shortMessage, error.details].filter(Boolean).join(' ');
  return error instanceof Error ? error.message : String(error);
}
