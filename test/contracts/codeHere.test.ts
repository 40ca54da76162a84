// Whether a registry's address tells that it runs the code built here.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import hre from 'hardhat';
import { type Abi, type Address, createWalletClient, type Hex, http, zeroAddress } from 'viem';
import { limitsOf } from '../../scripts/actions/verifyLimits.ts';
import { type Chain, connect } from '../../scripts/chain/client.ts';
import { codeOf } from '../../scripts/chain/codeHere.ts';
import { firstKeys } from '../../scripts/chain/contracts.ts';
import { type Deployment, deployRegistry, readArtifact } from '../../scripts/chain/deploy.ts';
import { developmentAccount } from '../../scripts/chain/keys.ts';
import { type LocalNode, startLocalNode } from '../../scripts/chain/localNode.ts';
import { verifiersAbi } from '../../src/generated/abi.ts';
import type { Edge } from '../../src/registry/edge.ts';
import { CIRCUITS } from '../../src/registry/programs/list.ts';
import { NO_SCHEMA } from '../../src/registry/schemas.ts';

const owner = developmentAccount(0);

// A contract that counts what is executed is too large for a transaction.
describe('the code of a registry', { skip: hre.globalOptions.coverage }, () => {
  let node: LocalNode;
  let chain: Chain;
  let made: Deployment;
  const wallet = () => createWalletClient({ account: owner, transport: http(node.rpc) });
  before(async () => {
    node = await startLocalNode();
    chain = await connect(node.rpc);
    made = await deployRegistry(node.rpc);
  });
  after(() => node.close());

  const mined = async (hash: Hex) => chain.client.waitForTransactionReceipt({ hash });
  const place = async (name: string, args: readonly unknown[]): Promise<Address> => {
    const { abi, bytecode } = readArtifact(`contracts/${name}.sol`, name);
    const hash = await wallet().deployContract({ abi: abi as Abi, bytecode, args, chain: null });
    return (await mined(hash)).contractAddress!;
  };
  const send = async (functionName: string, args: readonly unknown[]) => {
    const call = { address: made.verifiersContract, abi: verifiersAbi as Abi, functionName, args, chain: null };
    await mined(await wallet().writeContract(call));
  };

  it('is the one built here where the registry was deployed from it, with an owner and with none', async () => {
    assert.equal(await codeOf(chain, made.registry), 'only');
    assert.equal(await codeOf(chain, made.registry, made.scoreboard), 'only');
    const ownerless = await deployRegistry(node.rpc, { owner: zeroAddress });
    assert.notEqual(ownerless.registry, made.registry);
    assert.equal(await codeOf(chain, ownerless.registry, ownerless.scoreboard), 'only');
  });

  it('is unknown of a registry or scoreboard of the same code that was made with other arguments or in another way', async () => {
    const own = await place('ModelRegistry', [made.verifiersContract, made.relay]);
    assert.equal(await codeOf(chain, own), 'unknown');
    const board = await place('Scoreboard', [made.registry, made.datasets, made.trainers, owner.address]);
    assert.equal(await codeOf(chain, made.registry, board), 'unknown');
  });

  it('is unknown of a contract that takes every call and names the right verifiers', async () => {
    const word = made.verifiersContract.slice(2).toLowerCase();
    const decoy: Address = '0x00000000000000000000000000000000000000ee';
    // PUSH20 address, PUSH1 0, MSTORE, PUSH1 32, PUSH1 0, RETURN
    const code: Hex = `0x73${word}60005260206000f3`;
    await chain.client.request({ method: 'hardhat_setCode', params: [decoy, code] } as never);
    assert.equal(await codeOf(chain, decoy), 'unknown');
  });

  it('is not alone in what checks proofs once the owner has added a key, which counts later', async () => {
    const { words, circuitHash } = firstKeys()[0];
    await send('addKey', [BigInt(CIRCUITS.convSeed), { words, circuitHash }]);
    assert.equal(await codeOf(chain, made.registry), 'more');
  });
});

describe('what stays open of the code', () => {
  const statement = {
    program: 'import',
    widths: [4, 3],
    head: 'squared error',
    commitment: [{ x: 1n, y: 2n }],
    source: NO_SCHEMA,
    schema: NO_SCHEMA,
  };
  const edge = { statement, metadata: {} } as unknown as Edge;
  const said = (code: 'only' | 'more' | 'unknown') =>
    limitsOf(edge, { origins: undefined, schemas: {}, chain: true, files: true, code }).join('\n');

  it('is said by what the address tells', () => {
    assert.match(said('unknown'), /That the contract runs the code of Descent/);
    assert.match(said('more'), /the owner has added others/);
    assert.doesNotMatch(said('only'), /code|verifiers/);
  });
});
