import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, describe, it } from 'node:test';
import { type AbiFunction, type Address, toFunctionSelector, toHex } from 'viem';
import { CONTRACTS, DEFAULT_DELAY, deployInOrder, firstKeys } from '../../scripts/chain/contracts.ts';
import { describedAbi, modelRegistryAbi } from '../../src/generated/abi.ts';
import { abiOf, Contract, type TestChain, testChain } from './support/chain.ts';
import { TEST_SRS } from './support/knownTau.ts';

const ROOT = new URL('../../', import.meta.url);
/** Those of a deployment, those that the registry creates, and those that anybody may put beside it. */
const ALL = [...CONTRACTS, 'ForeignPrograms', 'Networks', 'EasResolver', 'ValidationAdapter'];
/** Interfaces that contracts answer besides those of their names. */
const FURTHER: Record<string, string[]> = { ModelRegistry: ['ILineage'], Scoreboard: ['IBenchmarks', 'IScores'] };

const functionsOf = async (name: string): Promise<AbiFunction[]> =>
  (await abiOf(name)).filter((entry) => entry.type === 'function');

/** What `type(I).interfaceId` is: of the functions that the interface itself declares. */
async function identifierOf(name: string): Promise<string> {
  const text = readFileSync(new URL(`contracts/interfaces/${name}.sol`, ROOT), 'utf8');
  const parents = text.match(new RegExp(`^interface ${name} is ([^{]+) \\{`, 'm'))?.[1].split(', ') ?? [];
  const inherited = new Set((await Promise.all(parents.map(functionsOf))).flat().map(toFunctionSelector));
  const own = (await functionsOf(name)).map(toFunctionSelector).filter((selector) => !inherited.has(selector));
  return toHex(
    own.reduce((id, selector) => id ^ BigInt(selector), 0n),
    { size: 4 },
  );
}

describe('every contract of a deployment and beside it', { concurrency: false }, () => {
  let chain: TestChain;
  const placed = new Map<string, Address>();
  before(async () => {
    chain = await testChain();
    const owner = chain.accounts[0];
    const given = { keys: firstKeys(), srs: TEST_SRS, delay: DEFAULT_DELAY, allowDevKeysOffLocal: false, owner };
    const made = await deployInOrder(given, (name, args) => chain.deploy(name, args));
    for (const name of CONTRACTS) placed.set(name, made[name]);
    const registry = new Contract(chain, made.ModelRegistry, modelRegistryAbi);
    placed.set('ForeignPrograms', await registry.read('foreignPrograms'));
    placed.set('Networks', await registry.read('networks'));
    placed.set('EasResolver', await chain.deploy('EasResolver', [owner, made.DataAttestations]));
    const validations = await chain.deploy('AgentValidations', [await chain.deploy('AgentIdentities')]);
    const ofAgents = [validations, made.ModelRegistry, made.Scoreboard, made.Inferences];
    placed.set('ValidationAdapter', await chain.deploy('ValidationAdapter', ofAgents));
  });

  const contract = (name: string) => new Contract(chain, placed.get(name) as Address, describedAbi as never);
  const supports = (name: string, id: string) => contract(name).read('supportsInterface', [id]);

  it('says the version of the package', async () => {
    const { version } = JSON.parse(readFileSync(new URL('package.json', ROOT), 'utf8'));
    for (const name of ALL) assert.equal(await contract(name).read('version'), version, name);
  });

  for (const name of ALL) {
    it(`answers ERC-165: ${name}`, async () => {
      const known = ['0x01ffc9a7', await identifierOf('IDescribed')];
      for (const id of [`I${name}`, ...(FURTHER[name] ?? [])]) known.push(await identifierOf(id));
      for (const id of known) assert.equal(await supports(name, id), true, id);
      const other = await identifierOf(name === 'Trainers' ? 'IModelCards' : 'ITrainers');
      for (const id of ['0xffffffff', '0x00000000', other]) assert.equal(await supports(name, id), false, id);
    });
  }
});
