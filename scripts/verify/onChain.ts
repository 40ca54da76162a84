import { readFileSync } from 'node:fs';
import { type Address, type Hex, zeroAddress } from 'viem';
import { modelRegistryAbi, scoreboardAbi, verifiersAbi } from '../../src/generated/abi.ts';
import { encodeShape, encodeShard } from '../../src/model/shape.ts';
import type { Edge } from '../../src/registry/edge.ts';
import { modelId, parentIds, resultId, shardId } from '../../src/registry/ids.ts';
import { samePowers } from '../../src/registry/opening.ts';
import { PROGRAMS, type Program, type ScoreStatement, type Statement } from '../../src/registry/statement.ts';
import { missingKeyNumbers } from '../../src/registry/verifierCode.ts';
import { type Chain, requireContract } from '../chain/client.ts';
import { isDeclared, readResult, translateErrors } from '../chain/readRegistry.ts';
import { readPowers, readProgramKey } from '../proving/keys.ts';
import type { Check } from './checks.ts';

const ARTIFACTS = new URL('../../artifacts/contracts/verifiers/', import.meta.url);

/** What a node of the chain says of an edge. */
export interface ChainFindings {
  checks: Check[];
  /** Whether a root above it is only declared; undefined where the registry does not know it. */
  declared: boolean | undefined;
}

/**
 * Compares an edge with the chain: its contract, that contract's key and powers, and its record.
 * @param expected registry or scoreboard that the caller trusts, if it named one
 * @throws DescentError (chain) when the node cannot be asked
 */
export async function checkOnChain(edge: Edge, chain: Chain, expected?: Address): Promise<ChainFindings> {
  const { origin, statement } = edge;
  const isHere = origin.chainId === BigInt(chain.id);
  const isExpected = expected === undefined || expected.toLowerCase() === origin.registry.toLowerCase();
  const contract: Check = {
    about: 'contract',
    holds: isHere && isExpected,
    says: `The edge is for contract ${origin.registry} on chain ${origin.chainId}${
      isHere && isExpected ? ', as it should be.' : `, not for ${expected ?? 'a contract'} on chain ${chain.id}.`
    }`,
  };
  if (!isHere || !isExpected) return { checks: [contract], declared: undefined };
  await requireContract(chain, origin.registry, statement.program === 'score' ? 'scoreboard' : 'registry');
  return translateErrors(async () => {
    const registry = await registryOf(edge, chain);
    const key = await checkKey(statement, registry, chain);
    const powers = await checkPowers(registry, chain);
    const record = await checkRecord(edge, registry, chain);
    const declared = await declaredOf(statement, registry, chain);
    return { checks: [contract, key, powers, record], declared };
  });
}

async function registryOf({ origin, statement }: Edge, { client }: Chain): Promise<Address> {
  if (statement.program !== 'score') return origin.registry;
  return client.readContract({ address: origin.registry, abi: scoreboardAbi, functionName: 'registry' });
}

/** The verifier that accepted the edge, else the newest, is the one built here, or at least holds the key's numbers. */
async function checkKey(statement: Statement, registry: Address, chain: Chain): Promise<Check> {
  const { program } = statement;
  const verifier = await verifierOf(statement, registry, chain);
  const about = 'key';
  if (verifier === zeroAddress) return { about, holds: false, says: `The registry has no verifier for ${program}.` };
  const code = (await chain.client.getCode({ address: verifier })) ?? '0x';
  if (code === builtCode(program)) {
    return {
      about,
      holds: true,
      says: `The registry's verifier ${verifier} is the one built here, with the same key.`,
    };
  }
  const missing = missingKeyNumbers(readProgramKey(program).vkey, code);
  return missing === 0
    ? {
        about,
        holds: 'unknown',
        says: `The verifier ${verifier} holds the key's numbers, but is not the one built here.`,
      }
    : { about, holds: false, says: `The verifier ${verifier} lacks ${missing} numbers of the key.` };
}

/** Verifiers can be added: a node says which version accepted it. */
async function verifierOf(statement: Statement, registry: Address, { client }: Chain): Promise<Address> {
  const contract = { address: registry, abi: modelRegistryAbi } as const;
  const program = BigInt(PROGRAMS[statement.program]);
  if (statement.program !== 'data' && statement.program !== 'score') {
    const { version } = await client.readContract({ ...contract, functionName: 'node', args: [resultId(statement)] });
    if (version > 0n) {
      const address = await client.readContract({ ...contract, functionName: 'verifiers' });
      const call = { address, abi: verifiersAbi, functionName: 'verifierAt', args: [program, version] } as const;
      return (await client.readContract(call)).verifier;
    }
  }
  return client.readContract({ ...contract, functionName: 'verifierOf', args: [program] });
}

/** Code of the verifier as it is compiled here, or undefined where it is not. */
function builtCode(program: Program): Hex | undefined {
  const name = `${program[0].toUpperCase()}${program.slice(1)}Verifier`;
  try {
    const artifact = JSON.parse(readFileSync(new URL(`${name}.sol/${name}.json`, ARTIFACTS), 'utf8'));
    return artifact.deployedBytecode as Hex;
  } catch {
    return undefined;
  }
}

async function checkPowers(registry: Address, { client }: Chain): Promise<Check> {
  const stored = await client.readContract({ address: registry, abi: modelRegistryAbi, functionName: 'srs' });
  const same = samePowers(readPowers(), stored);
  return {
    about: 'powers',
    holds: same,
    says: `The registry checks openings with ${same ? 'the same' : 'other'} powers of tau.`,
  };
}

async function checkRecord({ origin, statement }: Edge, registry: Address, chain: Chain): Promise<Check> {
  if (statement.program === 'score') return checkResult(statement, origin.registry, chain);
  const contract = { address: registry, abi: modelRegistryAbi } as const;
  const id = resultId(statement);
  if (statement.program === 'data') {
    const { owner } = await chain.client.readContract({ ...contract, functionName: 'shard', args: [id] });
    return sameOwner('shard', id, owner, origin.trainer);
  }
  const { trainer } = await chain.client.readContract({ ...contract, functionName: 'node', args: [id] });
  if (trainer !== zeroAddress) {
    const stored = await chain.client.readContract({ ...contract, functionName: 'parents', args: [id] });
    const claimed = parentIds(statement);
    if (stored.join() !== claimed.join()) {
      const names = (ids: readonly string[]) => ids.join(', ') || 'no parent';
      return { about: 'record', holds: false, says: `The registry names ${names(stored)}, not ${names(claimed)}.` };
    }
  }
  return sameOwner('model', id, trainer, origin.trainer);
}

function sameOwner(what: string, id: string, stored: Address, claimed: Address): Check {
  if (stored === zeroAddress)
    return { about: 'record', holds: 'unknown', says: `The ${what} ${id} is not registered.` };
  return stored.toLowerCase() === claimed.toLowerCase()
    ? { about: 'record', holds: true, says: `The registry holds ${what} ${id}, sent by ${stored}.` }
    : { about: 'record', holds: false, says: `The registry has ${what} ${id} from ${stored}, not from ${claimed}.` };
}

async function checkResult(statement: ScoreStatement, scoreboard: Address, chain: Chain): Promise<Check> {
  const { widths, model, shard, shardCommitment, result } = statement;
  const of = [modelId(model, encodeShape(widths)), shardId(shardCommitment, encodeShard(shard))] as const;
  const stored = await readResult(chain, scoreboard, ...of);
  if (stored === undefined) return { about: 'record', holds: 'unknown', says: 'The result is not on the scoreboard.' };
  if (stored.value === result) {
    return { about: 'record', holds: true, says: `The scoreboard holds this result, proved by ${stored.prover}.` };
  }
  return {
    about: 'record',
    holds: 'unknown',
    says: `The scoreboard holds another result by now, ${stored.value}, proved by ${stored.prover}.`,
  };
}

async function declaredOf(statement: Statement, registry: Address, chain: Chain): Promise<boolean | undefined> {
  if (statement.program === 'data') return undefined;
  const id =
    statement.program === 'score' ? modelId(statement.model, encodeShape(statement.widths)) : resultId(statement);
  return isDeclared(chain, registry, id);
}
