// Requests for the relay that a contract trusts: made, signed and carried.
import { type Address, getAddress, type LocalAccount, type TransactionReceipt, zeroAddress } from 'viem';
import { generatePrivateKey } from 'viem/accounts';
import { InputError } from '../../src/errors/InputError.ts';
import { relayAbi, relayedAbi } from '../../src/generated/abi.ts';
import { typedRequest } from '../../src/registry/relay.ts';
import type { PlainAction } from '../../src/registry/requests.ts';
import type { Carriage } from '../../src/registry/signedFile.ts';
import { type SignedRequest, signedRequestCall } from '../../src/registry/signedRequest.ts';
import { type Chain, requireContract } from './client.ts';
import { translateErrors } from './readRegistry.ts';
import { explainRevert } from './revert.ts';
import { sendCall } from './send.ts';

/**
 * Signs a request that needs no proof.
 * @param target the contract that is to be called
 * @param seconds until the request expires
 * @throws InputError when the contract trusts no relay; DescentError with the contract's reason where it would refuse now
 */
export async function signRequest(
  chain: Chain,
  account: LocalAccount,
  { target, action, seconds }: { target: Address; action: PlainAction; seconds: number },
): Promise<SignedRequest> {
  const where = await carriageFor(chain, target, seconds);
  const request = { ...where, chainId: BigInt(chain.id), target: getAddress(target), trainer: account.address, action };
  const signed = { request, signature: await account.signTypedData(typedRequest(request) as never) };
  // What the contract would refuse now is not signed.
  await chain.client.call({ ...signedRequestCall(signed), account: account.address }).catch((error: unknown) => {
    throw explainRevert(error);
  });
  return signed;
}

/**
 * Carries a signed request; the account only pays.
 * @param runs folder of the runs
 * @returns undefined where it was carried before, or cancelled
 * @throws InputError when it is of another chain or relay; DescentError with the contract's reason
 */
export async function carryRequest(
  chain: Chain,
  account: LocalAccount,
  signed: SignedRequest,
  runs: string,
): Promise<TransactionReceipt | undefined> {
  const { chainId, target, relay, trainer, nonce } = signed.request;
  if (chainId !== BigInt(chain.id)) {
    throw new InputError(`The request is for chain ${chainId}; the node is of chain ${chain.id}.`, {
      hint: 'Give another --rpc.',
    });
  }
  await requireRelay(chain, target, relay);
  const used = { address: relay, abi: relayAbi, functionName: 'isUsed', args: [trainer, nonce] } as const;
  if (await translateErrors(() => chain.client.readContract(used))) return undefined;
  return sendCall(chain, account, signedRequestCall(signed), runs);
}

/** A fresh request's relay, nonce and deadline. @param target the contract that trusts the relay @param seconds until it expires @throws InputError where it trusts none */
export async function carriageFor(chain: Chain, target: Address, seconds: number): Promise<Carriage> {
  const relay = await relayOf(chain, target);
  // Unordered: any number that was not used will do, and nobody guesses the next one to be in the way.
  const nonce = BigInt(generatePrivateKey());
  const { timestamp } = await chain.client.getBlock();
  return { relay, nonce, deadline: timestamp + BigInt(seconds) };
}

/** @throws InputError unless the target trusts this relay */
export async function requireRelay(chain: Chain, target: Address, relay: Address): Promise<void> {
  await requireContract(chain, relay, 'relay');
  const trusted = await relayOf(chain, target);
  if (trusted.toLowerCase() === relay.toLowerCase()) return;
  throw new InputError(`The file is signed for the relay ${relay}; the contract ${target} trusts ${trusted}.`, {
    hint: 'Ask the trainer to sign it again.',
  });
}

async function relayOf(chain: Chain, target: Address): Promise<Address> {
  const trusted = { address: target, abi: relayedAbi, functionName: 'trustedForwarder' } as const;
  const relay = await chain.client.readContract(trusted).catch(() => zeroAddress);
  if (relay !== zeroAddress) return relay;
  throw new InputError(`The contract ${target} trusts no relay.`, { hint: 'Send it with your own key.' });
}
