import { type Address, isAddressEqual, zeroAddress } from 'viem';
import { modelRegistryAbi, verifiersAbi } from '../../src/generated/abi.ts';
import { CIRCUITS } from '../../src/registry/programs/list.ts';
import type { Chain } from './client.ts';
import { deployInOrder, firstKeys } from './contracts.ts';
import { addressOf } from './create2.ts';
import { readArtifact, readSrs } from './deploy.ts';

/**
 * What a registry's address tells of its code. `only`: it is the code built here, and no other keys than those built
 * here ever checked a proof for it. `more`: it is the code built here, but its owner has added keys. `unknown`: the address
 * does not follow from the code here; it may be of another version of Descent, of an owner who passed it on, or anybody's.
 */
export type CodeFound = 'only' | 'more' | 'unknown';

/**
 * Compares the addresses of a registry, and of a scoreboard if one is named, with those that the deployment proxy gives to the
 * code built here: such an address follows from code and constructor arguments, so nothing else can stand there.
 * @throws the node's error; DescentError `NOT_BUILT`
 */
export async function codeOf({ client }: Chain, registry: Address, scoreboard?: Address): Promise<CodeFound> {
  const checker = await client.readContract({ address: registry, abi: modelRegistryAbi, functionName: 'verifiers' });
  const verifiers = { address: checker, abi: verifiersAbi } as const;
  const [owner, delay] = await Promise.all([
    client.readContract({ ...verifiers, functionName: 'owner' }),
    client.readContract({ ...verifiers, functionName: 'delay' }),
  ]);
  const places = await addressesHere([owner, zeroAddress], delay);
  if (!places.some((here) => stands(here, { checker, registry, scoreboard }))) return 'unknown';
  const programs = Object.values(CIRCUITS).map(BigInt);
  const versions = await Promise.all(
    programs.map((program) => client.readContract({ ...verifiers, functionName: 'versionsOf', args: [program] })),
  );
  return versions.every((version) => version === 1n) ? 'only' : 'more';
}

interface Addresses {
  checker: Address;
  registry: Address;
  scoreboard: Address | undefined;
}

function stands(here: Addresses, { checker, registry, scoreboard }: Addresses): boolean {
  return (
    isAddressEqual(here.checker, checker) &&
    isAddressEqual(here.registry, registry) &&
    (scoreboard === undefined || isAddressEqual(here.scoreboard!, scoreboard))
  );
}

/** Where `deployRegistry` puts the code built here for these owners, with and without leave for development keys. */
async function addressesHere(owners: readonly Address[], delay: bigint): Promise<Addresses[]> {
  const at = (source: string, name: string, args: readonly unknown[] = []): Address =>
    addressOf(readArtifact(source, name), args).address;
  const srs = readSrs();
  const keys = firstKeys();
  const all = owners.flatMap((owner) =>
    [false, true].map(async (allowDevKeysOffLocal) => {
      const given = { keys, srs, delay, allowDevKeysOffLocal, owner };
      const place = async (name: string, args: readonly unknown[]) => at(`contracts/${name}.sol`, name, args);
      const placed = await deployInOrder(given, place, 'Scoreboard');
      return { checker: placed.Verifiers, registry: placed.ModelRegistry, scoreboard: placed.Scoreboard };
    }),
  );
  return Promise.all(all);
}
