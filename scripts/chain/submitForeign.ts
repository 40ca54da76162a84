// Registers foreign children, with the trainer's own key or by what it signed.
import { isAddressEqual, type LocalAccount, parseEventLogs, type TransactionReceipt } from 'viem';
import { DescentError } from '../../src/errors/DescentError.ts';
import { modelRegistryAbi } from '../../src/generated/abi.ts';
import {
  type ForeignEdge,
  foreignTransaction,
  type SignedForeign,
  signedForeignCall,
  signedForeignRequest,
} from '../../src/registry/foreignEdge.ts';
import { typedRequest } from '../../src/registry/relay.ts';
import { resultId } from '../../src/registry/statement.ts';
import { carriageFor, requireRelay } from './carry.ts';
import type { Chain } from './client.ts';
import { fileJournal } from './journal.ts';
import { translateErrors } from './readRegistry.ts';
import { explainRevert } from './revert.ts';
import { notRegistered, requireContext, requireTrainer, type Submission, sentBy, trainerOf } from './submitEdge.ts';
import { type Call, sendOnce } from './transaction.ts';

/** What became of a foreign child. */
export type ForeignSubmission = Omit<Submission, 'program'> & { program: 'foreign' };

/**
 * Registers a foreign child, exactly once however often it is called.
 * @param journal file that keeps the signed transaction in between
 * @throws InputError when it is of another chain or trainer; DescentError (proof) when registry or adapter reject it, (chain) for
 * everything else
 */
export async function submitForeign(
  chain: Chain,
  account: LocalAccount,
  child: ForeignEdge,
  journal: string,
): Promise<ForeignSubmission> {
  const { to, data } = foreignTransaction(child);
  await requireContext(chain, child.range);
  requireTrainer(child.range, account);
  return register(chain, account, child, { to, data }, journal);
}

/** As `submitForeign`, for a child that its trainer signed: the account only pays. */
export async function carryForeign(
  chain: Chain,
  account: LocalAccount,
  signed: SignedForeign,
  journal: string,
): Promise<ForeignSubmission> {
  const { range } = signed.child;
  await requireContext(chain, range);
  await requireRelay(chain, range.context.registry, signed.relay);
  return register(chain, account, signed.child, signedForeignCall(signed), journal);
}

/** Signs a child for the relay that its registry trusts. @param seconds until the request expires @throws InputError as `submitForeign` */
export async function signForeign(
  chain: Chain,
  account: LocalAccount,
  child: ForeignEdge,
  seconds: number,
): Promise<SignedForeign> {
  await requireContext(chain, child.range);
  requireTrainer(child.range, account);
  const where = await carriageFor(chain, child.range.context.registry, seconds);
  const signature = await account.signTypedData(typedRequest(signedForeignRequest(child, where)) as never);
  return { child, ...where, signature };
}

async function register(
  chain: Chain,
  account: LocalAccount,
  child: ForeignEdge,
  call: Call,
  journal: string,
): Promise<ForeignSubmission> {
  const { registry } = child.range.context;
  const id = resultId(child.range.statement);
  const known = { id, program: 'foreign' as const, registry, chainId: chain.id };
  let receipt: TransactionReceipt;
  try {
    receipt = await sendOnce(chain, account, call, fileJournal(journal));
  } catch (error) {
    const reason = explainRevert(error);
    const isThere = reason instanceof DescentError && ['ModelExists', 'NonceUsed'].includes(reason.code);
    if (isThere && (await isOurs(chain, child))) return { ...known, sent: false };
    throw reason;
  }
  const logs = receipt.logs.filter(({ address }) => isAddressEqual(address, registry));
  const events = parseEventLogs({ abi: modelRegistryAbi, logs, eventName: 'Foreign' });
  if (!events.some(({ args }) => args.child === id && Number(args.program) === child.program)) {
    throw notRegistered(receipt, registry, id, journal);
  }
  return { ...known, ...sentBy(receipt) };
}

/** Whether the child stands as what it is: of this trainer, made by this program. */
async function isOurs(chain: Chain, { range, program }: ForeignEdge): Promise<boolean> {
  const { registry, trainer } = range.context;
  const id = resultId(range.statement);
  const call = { address: registry, abi: modelRegistryAbi, functionName: 'foreignProgramOf', args: [id] } as const;
  const by = await translateErrors(() => chain.client.readContract(call));
  return Number(by) === program && isAddressEqual(await trainerOf(chain, registry, id), trainer);
}
