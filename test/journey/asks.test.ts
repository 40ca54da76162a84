import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { generatePrivateKey, privateKeyToAddress } from 'viem/accounts';
import { connect } from '../../scripts/chain/client.ts';
import { type Deployment, deployRegistry } from '../../scripts/chain/deploy.ts';
import { GAS_AT_MOST } from '../../scripts/chain/funds.ts';
import { developmentAccount } from '../../scripts/chain/keys.ts';
import { type LocalNode, startLocalNode } from '../../scripts/chain/localNode.ts';
import { ALL_DEFINITIONS } from '../../src/registry/programs/definitions.ts';
import { descent, smallInputs, temporaryFolder } from '../cli/cli.ts';
import { type Faults, startNodeProxy, upstreamOf } from '../support/nodeProxy.ts';

const ALICE = ['--account', '1'];
const ALWAYS = 1_000_000;

/** What nodes, their providers and what stands before them do to people. */
const TROUBLES = {
  rate: { refuse: { times: ALWAYS, refusal: { status: 429, body: '{"error":"slow down"}' } } },
  html: { refuse: { times: ALWAYS, refusal: { status: 200, body: '<html>rate limited</html>' } } },
  // Only after the greeting: every later question is one too many.
  late: { refuse: { times: ALWAYS, refusal: { status: 429, body: 'Too Many Requests' }, except: 'eth_chainId' } },
  http500: { refuse: { times: ALWAYS, refusal: { status: 500, body: 'oops' }, method: 'eth_sendRawTransaction' } },
  chain: { instead: { eth_chainId: '0x1' } },
} satisfies Record<string, Faults>;

describe('the chain is asked before anything is proved', () => {
  const { folder, remove } = temporaryFolder();
  const { weights, shard } = smallInputs(folder);
  const key = generatePrivateKey();
  const keyFile = join(folder, 'key');
  writeFileSync(keyFile, key);
  let node: LocalNode;
  let deployment: Deployment;
  before(async () => {
    node = await startLocalNode();
    deployment = await deployRegistry(node.rpc);
  });
  after(async () => {
    await node.close();
    remove();
  });

  const call = (args: string[], rpc = node.rpc) =>
    descent([...args, '--runs', join(folder, 'runs')], { env: { DESCENT_RPC: rpc } });
  const refused = async (args: string[], says: RegExp, rpc = node.rpc) => {
    const { code, stdout, stderr } = await call(args, rpc);
    assert.equal(code, 5, stderr + stdout);
    assert.match(stderr, says);
    assert.doesNotMatch(stderr, /\n\s+at |load keys|prove /, 'no stack, and nothing was proved');
    assert.equal(stdout, '');
  };
  const rate = ['--lr-units', '4', '--batch', '2'];
  const at = (address: string) => ['--registry', address, ...ALICE];

  it('whether the address is a registry: the scoreboard is none, whatever is to be done', async () => {
    const { registry, scoreboard } = deployment;
    const says = new RegExp(
      `is not a registry: it is a scoreboard, of the registry ${registry}[\\s\\S]*--registry ${registry}`,
      'i',
    );
    const commands = [
      ['tree', '--registry', scoreboard],
      ['data', '--shard-file', shard, '--run', 'data-wrong', ...at(scoreboard)],
      ['seed', '--shape', '4-3-2', '--run', 'seed-wrong', ...at(scoreboard)],
      ['train', '--parent', weights, '--shards', shard, ...rate, '--run', 'train-wrong', ...at(scoreboard)],
      ['merge', '--parents', weights, weights, '--slerp', '0.5', '--run', 'merge-wrong', ...at(scoreboard)],
      ['import', '--from', weights, '--run', 'import-wrong', ...at(scoreboard)],
    ];
    await Promise.all(commands.map((command) => refused(command, says)));
    for (const name of ['data', 'seed', 'train', 'merge', 'import']) {
      assert.equal(existsSync(join(folder, 'runs', `${name}-wrong`)), false, 'nothing is written');
    }
  });

  it('and what it is instead: another contract of Descent, a stranger’s, or none', async () => {
    const { registry, creditVault, bountyBoard, cards, relay, verifiersContract } = deployment;
    const found = [
      [creditVault, 'it is a credit vault'],
      [bountyBoard, 'it is a bounty board'],
      [cards, 'it is a cards'],
      [relay, 'it is a relay'],
      [verifiersContract, 'is not a registry of Descent'],
      [developmentAccount(1).address, 'There is no registry at'],
    ];
    await Promise.all(found.map(([address, what]) => refused(['tree', '--registry', address], new RegExp(what))));
    const score = ['score', '--model', weights, '--shard', shard, '--run', 'score-wrong', ...ALICE];
    await refused([...score, '--scoreboard', registry], /is not a scoreboard: it is a registry/);
  });

  it('whether parents, shards and models are registered', async () => {
    const { registry, scoreboard } = deployment;
    assert.equal((await call(['train', '--parent', weights, '--shard', shard, ...rate, '--run', 'child'])).code, 0);
    const where = at(registry);
    const parent = /does not know the parent 0x[0-9a-f]{64} \(.*parent\.safetensors\)[\s\S]*submit[\s\S]*--ahead/;
    await refused(['prove', 'child', ...where], parent);
    const many = ['train', '--parent', weights, '--shards', shard, ...rate, '--run', 'many', ...where];
    await refused(many, /does not know the parent/);
    assert.equal(existsSync(join(folder, 'runs', 'many', 'segment-001')), false, 'nothing was trained');
    const child = join(folder, 'runs', 'child', 'model.safetensors');
    await refused(['merge', '--parents', weights, child, '--slerp', '0.5', '--run', 'both', ...where], parent);
    const board = ['--scoreboard', scoreboard, ...ALICE];
    const score = ['score', '--model', weights, ...board];
    await refused([...score, '--shard', shard, '--run', 'one-score'], /does not know the model/);
    await refused([...score, '--shards', shard, '--run', 'many-scores'], /does not know the model/);
  });

  it('what the account holds: it names the address, what is needed and what is there', async () => {
    const { registry } = deployment;
    const address = privateKeyToAddress(key);
    const chain = await connect(node.rpc);
    const { maxFeePerGas } = await chain.client.estimateFeesPerGas();
    const gas = (GAS_AT_MOST.requestSeed + GAS_AT_MOST.seed).toLocaleString('en-US');
    const seed = ['seed', '--shape', '4-3-2', '--run', 'poor', '--registry', registry, '--key-file', keyFile];
    const says = new RegExp(`${address} holds 0 Ether; this takes up to 0\\.00\\d+ Ether \\(${gas} gas\\)`);
    await refused(seed, says);
    assert.ok(maxFeePerGas > 0n);
    assert.equal(await chain.client.getTransactionCount({ address }), 0, 'nothing was sent');
    const shards = ['train', '--seed', '4-3-2', '--shards', shard, ...rate, '--run', 'poor-run'];
    await refused([...shards, '--registry', registry, '--key-file', keyFile], /holds 0 Ether/);
    // Who only proves may let another pay: a warning, and the proof.
    const { code, stderr } = await call([
      ...['data', '--shard-file', shard, '--run', 'poor-data', '--registry', registry, '--key-file', keyFile],
    ]);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /warning: 0x[0-9a-fA-F]{40} holds 0 Ether[\s\S]*let another pay/);
  });

  it('which chain it is: where the node says another than the chain computes with', async () => {
    const proxy = await startNodeProxy(upstreamOf(node.rpc), TROUBLES.chain);
    try {
      const command = ['data', '--shard-file', shard, '--run', 'other-chain', '--registry', deployment.registry];
      const says = /says that it is of chain 1; its chain computes as 31337/;
      await refused([...command, '--key-file', keyFile], says, proxy.rpc);
    } finally {
      await proxy.close();
    }
  });

  for (const [trouble, says] of [
    ['rate', /descent: The node answers HTTP 429, too many requests\./],
    ['html', /descent: A web page answers there, not a node/],
    ['late', /descent: The node answers HTTP 429, too many requests\./],
  ] as const) {
    it(`and names what answers instead of a node (${trouble})`, async () => {
      const proxy = await startNodeProxy(upstreamOf(node.rpc), TROUBLES[trouble]);
      try {
        const where = at(deployment.registry);
        await refused(['data', '--shard-file', shard, '--run', `trouble-${trouble}`, ...where], says, proxy.rpc);
        await refused(['tree', '--registry', deployment.registry], says, proxy.rpc);
      } finally {
        await proxy.close();
      }
    });
  }

  it('and says what a server answers to a transaction', async () => {
    const proxy = await startNodeProxy(upstreamOf(node.rpc), TROUBLES.http500);
    try {
      const command = ['seed', '--shape', '4-3-2', '--run', 'server-error', ...at(deployment.registry)];
      await refused(command, /The node did not take the transaction[\s\S]*HTTP 500/, proxy.rpc);
    } finally {
      await proxy.close();
    }
  });

  it('with figures for gas that hold for every kind of edge', () => {
    const path = new URL('../snapshots/gas.json', import.meta.url);
    const measured = Object.entries(JSON.parse(readFileSync(path, 'utf8')) as Record<string, number>);
    const most = (start: RegExp) => Math.max(...measured.filter(([name]) => start.test(name)).map(([, gas]) => gas));
    // An entry is named by the program or by the contract's function, with what is special about it behind.
    const starts = ALL_DEFINITIONS.map(({ program, functionName }) => [program, `${program}|${functionName}`] as const);
    for (const [kind, names] of [...starts, ['requestSeed', 'requestSeed'] as const, ['fixSeed', 'fixSeed'] as const]) {
      const [gas, start] = [GAS_AT_MOST[kind], new RegExp(`^(${names})\\b`)];
      assert.ok(gas >= 1.1 * most(start) && gas <= 1.4 * most(start), `${kind}: ${gas} for ${most(start)}`);
    }
  });
});
