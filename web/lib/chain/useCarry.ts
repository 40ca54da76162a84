'use client';

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type Address, type Hex, isAddressEqual, numberToHex } from 'viem';
import { moment } from '../format.ts';
import type { ReadFile } from '../readFile.ts';
import type { SignedFile } from '../signedFile.ts';
import { errorInWords } from './errors.ts';
import { useChainConfig } from './provider.tsx';
import type { ChainConfig, Message, TransactionState } from './types.ts';
import { useNode } from './useNode.ts';
import { aboutFile, type Preflight } from './useSubmission.ts';
import { gasOf, useTransaction } from './useTransaction.ts';

/** Files that were asked about so far. */
let asked = 0;

/** Why this page does not carry a file at all; undefined where it may. */
export function carryProblem(signed: SignedFile, config: ChainConfig): Message | undefined {
  const { chainId, relay, target } = signed;
  if (chainId !== config.chainId) {
    return {
      title: `This file is signed for chain ${chainId}; this page shows chain ${config.chainId}.`,
      hint: 'Open the page of that chain.',
    };
  }
  if (config.relay && !isAddressEqual(config.relay, relay)) {
    return { title: `This file is signed for the relay ${relay}; this page knows ${config.relay}.` };
  }
  const known = [config.registry, config.scoreboard, config.audit, config.inferences, config.creditVault];
  const others = [config.trainers, config.statuses, config.datasets, config.attestations, config.cards];
  if ([...known, ...others].some((address) => address && isAddressEqual(address, target))) return undefined;
  return {
    title: `This file is signed for the contract ${target}, which is none of this registry.`,
    hint: 'Open the page of that registry, or carry it with descent submit.',
  };
}

/** Asks the chain what would become of a signed file if it was carried now. @param carrier who would pay, where that is known */
export function useCarryPreflight(signed: SignedFile, carrier: Address | undefined, silent: boolean) {
  const [number] = useState(() => ++asked);
  const config = useChainConfig();
  const node = useNode();
  return useQuery({
    queryKey: ['carry', number, carrier],
    enabled: !silent && carryProblem(signed, config) === undefined,
    refetchInterval: 15_000,
    queryFn: async (): Promise<Preflight> => {
      const { relay, target, trainer, nonce, deadline, call } = signed;
      const [client, { relayAbi, relayedAbi }] = await Promise.all([node(), import('../../../src/generated/abi.ts')]);
      const used = { address: relay, abi: relayAbi, functionName: 'isUsed', args: [trainer, nonce] } as const;
      const trusted = { address: target, abi: relayedAbi, functionName: 'trustedForwarder' } as const;
      try {
        const [isUsed, forwarder, block] = await Promise.all([
          client.readContract(used),
          client.readContract(trusted),
          client.getBlock(),
        ]);
        if (!isAddressEqual(forwarder, relay)) {
          return { refusal: { title: `The contract trusts the relay ${forwarder}, not ${relay}.` } };
        }
        if (isUsed) return { refusal: { title: 'It was carried before, or its trainer cancelled it.' } };
        if (block.timestamp > BigInt(deadline)) return { refusal: expired(deadline) };
        const [{ estimate: gas }, price] = await Promise.all([
          gasOf(client, { account: carrier ?? trainer, ...call }),
          client.getGasPrice(),
        ]);
        return { gas: gas.toString(), cost: (gas * price).toString() };
      } catch (error) {
        return { refusal: await errorInWords(error) };
      }
    },
  });
}

const expired = (deadline: number): Message => ({
  title: `The signature expired at ${moment(deadline)}.`,
  hint: 'Ask the trainer to sign it again.',
});

/**
 * Carries a signed file with the connected wallet, whoever it belongs to.
 * @param file the edge or run that was signed @param id of what it registers
 */
export function useCarry(signed: SignedFile, file: ReadFile | undefined, id: Hex | undefined) {
  // A request without a proof registers nothing: it is known again by its nonce.
  const makes = id ?? numberToHex(signed.nonce, { size: 32 });
  const { state, send, reset } = useTransaction(makes);
  const carry = (carrier: Address): Promise<TransactionState> =>
    send(async () => {
      const about = file ? await aboutFile(file) : { ...signed.plain!, makes };
      return { chainId: signed.chainId, account: carrier, ...signed.call, about };
    });
  return { state, carry, reset };
}
