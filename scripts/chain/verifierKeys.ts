import {
  type Address,
  type ContractFunctionArgs,
  encodeFunctionData,
  type Hex,
  isAddressEqual,
  type LocalAccount,
} from 'viem';
import { DescentError } from '../../src/errors/DescentError.ts';
import { modelRegistryAbi, verifiersAbi } from '../../src/generated/abi.ts';
import { CIRCUIT_NAMES, CIRCUITS, type Circuit } from '../../src/registry/programs/list.ts';
import { keyHash, keyOfWords } from '../../src/registry/verificationKey.ts';
import type { Chain } from './client.ts';
import { firstKeys } from './contracts.ts';
import { translateErrors } from './readRegistry.ts';
import { explainRevert } from './revert.ts';
import type { Call } from './transaction.ts';

type KeyArgument = ContractFunctionArgs<typeof verifiersAbi, 'nonpayable', 'addKey'>[1];

/** The contract that checks a registry's proofs, and its newest keys. */
export interface VerifierKeys {
  verifiers: Address;
  /** Who may add keys; zero: nobody. */
  owner: Address;
  /** Seconds after its addition from which a key counts. */
  delay: number;
  /** Whether the powers or any key on record are the development's. */
  devKeys: boolean;
  keys: NewestKey[];
}

/** The last key that a program got. */
export interface NewestKey {
  program: Circuit;
  version: number;
  /** The version that checks proofs now. */
  current: number;
  /** Time from which this key checks them. */
  countsFrom: string;
  keyHash: Hex;
  circuitHash: Hex;
  /** Whether it is the key that is built here. */
  isBuiltHere: boolean;
}

/** A key that is built here, as it would be added. */
export interface Addition {
  program: Circuit;
  keyHash: Hex;
  circuitHash: Hex;
  call: Call;
}

/** @throws DescentError (chain), or `NOT_BUILT` where a key is missing here */
export async function readVerifierKeys(chain: Chain, registry: Address): Promise<VerifierKeys> {
  return translateErrors(async () => {
    const { client } = chain;
    const verifiers = await client.readContract({
      address: registry,
      abi: modelRegistryAbi,
      functionName: 'verifiers',
    });
    const call = { address: verifiers, abi: verifiersAbi } as const;
    const [owner, delay, devKeys] = await Promise.all([
      client.readContract({ ...call, functionName: 'owner' }),
      client.readContract({ ...call, functionName: 'delay' }),
      client.readContract({ ...call, functionName: 'devKeys' }),
    ]);
    const keys = await Promise.all(CIRCUIT_NAMES.map((program) => readNewestKey(chain, verifiers, program)));
    return { verifiers, owner, delay: Number(delay), devKeys, keys };
  });
}

async function readNewestKey({ client }: Chain, verifiers: Address, program: Circuit): Promise<NewestKey> {
  const call = { address: verifiers, abi: verifiersAbi } as const;
  const id = BigInt(CIRCUITS[program]);
  const [version, current] = await Promise.all([
    client.readContract({ ...call, functionName: 'versionsOf', args: [id] }),
    client.readContract({ ...call, functionName: 'versionOf', args: [id] }),
  ]);
  const record = await client.readContract({ ...call, functionName: 'keyRecordOf', args: [id, version] });
  const built = builtKey(program);
  return {
    program,
    version: Number(version),
    current: Number(current),
    countsFrom: new Date(Number(record.countsFrom) * 1000).toISOString(),
    keyHash: record.keyHash,
    circuitHash: record.circuitHash,
    isBuiltHere: record.keyHash === built.keyHash && record.circuitHash === built.circuitHash,
  };
}

/** The addition of the key that is built here for a program. */
export function additionOf(verifiers: Address, program: Circuit): Addition {
  const { words, keyHash, circuitHash } = builtKey(program);
  // Of a usable key there are as many words as the contract takes.
  const key = { words: words as unknown as KeyArgument['words'], circuitHash };
  const args = [BigInt(CIRCUITS[program]), key] as const;
  const data = encodeFunctionData({ abi: verifiersAbi, functionName: 'addKey', args });
  return { program, keyHash, circuitHash, call: { to: verifiers, data } };
}

/** Asks the chain whether it would take an addition from the owner. @throws DescentError with the contract's reason */
export async function requireAddition({ client }: Chain, owner: Address, { call }: Addition): Promise<void> {
  try {
    await client.call({ account: owner, ...call });
  } catch (error) {
    throw explainRevert(error);
  }
}

/** @throws DescentError `NOT_THE_OWNER` */
export function requireOwner({ owner, verifiers }: VerifierKeys, { address }: LocalAccount): void {
  if (isAddressEqual(owner, address)) return;
  throw new DescentError(`Only ${owner} can add keys to ${verifiers}, not ${address}.`, {
    code: 'NOT_THE_OWNER',
    exit: 'chain',
    hint: 'With --dry-run the command says what the owner has to send; nothing is sent then.',
  });
}

function builtKey(program: Circuit) {
  const { words, circuitHash } = firstKeys()[CIRCUIT_NAMES.indexOf(program)];
  return { words, circuitHash, keyHash: keyHash(keyOfWords(words)) };
}
