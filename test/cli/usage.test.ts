import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { PROGRAM_NAMES, PROGRAMS } from '../../src/registry/programs/list.ts';
import { descent, refusalOf, smallInputs, temporaryFolder } from './cli.ts';

// The parser's own messages, which it prints by itself.
const NOBODY = '0x00000000000000000000000000000000000000aa';
const UNKNOWN = `0x${'00'.repeat(31)}07`;
// Port 9 (discard) of this machine: nobody answers there.
const NO_NODE = 'http://127.0.0.1:9';

describe('the command line refuses', () => {
  const { folder, remove } = temporaryFolder();
  after(remove);
  const { weights, shard } = smallInputs(folder);
  const runs = ['--runs', join(folder, 'runs')];
  const train = (change: Record<string, string>) => {
    const options = { '--parent': weights, '--shard': shard, '--lr-units': '4', '--batch': '2', ...change };
    return ['train', ...Object.entries(options).flat(), ...runs];
  };
  const unrated = ['train', '--parent', weights, '--shard', shard, '--batch', '2', ...runs];
  const damaged = join(folder, 'damaged.safetensors');
  writeFileSync(damaged, readFileSync(weights).subarray(0, 300));
  const notAnEdge = join(folder, 'not-an.edge.json');
  writeFileSync(notAnEdge, '{"format": "descent-edge/2"}');

  const cases: { name: string; args: string[]; code: number; says: RegExp }[] = [
    { name: 'an unknown command', args: ['trian'], code: 2, says: /unknown command 'trian'[\s\S]*Did you mean train/ },
    { name: 'an unknown option', args: ['tree', '--registri', NOBODY], code: 2, says: /unknown option '--registri'/ },
    { name: 'a missing option', args: ['train', '--lr', '0.05'], code: 2, says: /--batch/ },
    { name: 'no learning rate', args: unrated, code: 2, says: /At which learning rate/ },
    {
      name: 'units of a rate that are no number',
      args: train({ '--lr-units': 'fast' }),
      code: 2,
      says: /'fast' is invalid/,
    },
    {
      name: 'units of a rate out of range',
      args: train({ '--lr-units': '65537' }),
      code: 2,
      says: /1\.\.65536, not 65537/,
    },
    { name: 'two learning rates', args: train({ '--lr': '0.05' }), code: 2, says: /either --lr/ },
    { name: 'a rate that is no number', args: [...unrated, '--lr', '0x1'], code: 2, says: /'0x1' is invalid/ },
    {
      name: 'a rate that rounds to nothing',
      args: [...unrated, '--lr', '0.0002'],
      code: 2,
      says: /at least 0\.00048828125/,
    },
    { name: 'a batch that is no power of two', args: train({ '--batch': '3' }), code: 2, says: /power of two.*not 3/ },
    { name: 'a batch above the rows', args: train({ '--batch': '16' }), code: 2, says: /1\.\.8, not 16/ },
    {
      name: 'a file that does not exist',
      args: train({ '--parent': 'no/such' }),
      code: 2,
      says: /Cannot read no\/such/,
    },
    { name: 'a folder for a file', args: train({ '--parent': folder }), code: 2, says: /it is a folder/ },
    { name: 'a damaged weights file', args: train({ '--parent': damaged }), code: 3, says: /damaged\.safetensors/ },
    { name: 'a shard for weights', args: train({ '--parent': shard }), code: 3, says: /shard\.safetensors: / },
    { name: 'a run that left its ranges', args: train({ '--lr-units': '65536' }), code: 4, says: /the proof allows/ },
    { name: 'data from nowhere', args: ['data', ...runs], code: 2, says: /Which data/ },
    {
      name: 'rows beyond MNIST',
      args: ['data', '--mnist', '--offset', '60000', ...runs],
      code: 2,
      says: /not in MNIST/,
    },
    {
      name: 'a shape that is none',
      args: ['seed', '--shape', '49x10', ...runs],
      code: 2,
      says: /no part of a network.*[\s\S]*widths like 49-32-10/,
    },
    {
      name: 'a shape that is too large',
      args: ['seed', '--shape', '4096-4096', ...runs],
      code: 2,
      says: /2\^\d+ entries/,
    },
    { name: 'a run that is not there', args: ['prove', 'nothing', ...runs], code: 2, says: /There is no run/ },
    {
      name: 'a run name that leaves the folder',
      args: ['prove', '..', ...runs],
      code: 2,
      says: /is no name for a run/,
    },
    { name: 'a registry that is not named', args: ['tree'], code: 2, says: /Which registry/ },
    { name: 'a registry that is no address', args: ['tree', '--registry', '0x12'], code: 2, says: /not an address/ },
    {
      name: 'a node that is not there',
      args: ['tree', '--registry', NOBODY, '--rpc', NO_NODE],
      code: 5,
      says: /No node answers/,
    },
    {
      name: 'an edge file that is none',
      args: ['submit', notAnEdge, '--account', '0'],
      code: 3,
      says: /not-an\.edge\.json/,
    },
    { name: 'a port that is none', args: ['demo', '--port', '65536'], code: 2, says: /Must be 1\.\.65535/ },
    { name: 'an id of a wrong length to verify', args: ['verify', '0x1234'], code: 2, says: /is not an id/ },
    { name: 'to verify a file that is no edge', args: ['verify', notAnEdge], code: 3, says: /not-an\.edge\.json/ },
    { name: 'to verify an id without a registry', args: ['verify', UNKNOWN], code: 2, says: /Which registry/ },
    { name: 'a leaderboard of nowhere', args: ['leaderboard'], code: 2, says: /Which scoreboard/ },
    { name: 'the card of nowhere', args: ['card', UNKNOWN, '--name', 'x'], code: 2, says: /Which cards/ },
    { name: 'a name that fits no card', args: ['card', UNKNOWN, '--name', 'ü'.repeat(33)], code: 2, says: /66 bytes/ },
    { name: 'a score on no rows', args: ['score', '--model', weights], code: 2, says: /On which rows/ },
    {
      name: 'a benchmark for a single shard',
      args: ['score', '--model', weights, '--shard', shard, '--benchmark', UNKNOWN],
      code: 2,
      says: /--benchmark is for --shards/,
    },
    {
      name: 'a benchmark without its scoreboard',
      args: ['score', '--model', weights, '--shards', shard, '--benchmark', UNKNOWN],
      code: 2,
      says: /Which scoreboard/,
    },
    { name: 'papers about a model of nowhere', args: ['papers', UNKNOWN], code: 2, says: /Which registry/ },
    {
      name: 'papers with a licence that is none',
      args: ['papers', UNKNOWN, '--license', 'x y'],
      code: 2,
      says: /SPDX/,
    },
    { name: 'to check a folder that is none', args: ['check', weights], code: 2, says: /it is no folder/ },
    {
      name: 'to check a folder that is not there',
      args: ['check', join(folder, 'nowhere')],
      code: 2,
      says: /does not exist/,
    },
    { name: 'to find a file on no registry', args: ['find', weights], code: 2, says: /Which registry/ },
    { name: 'a merge of nothing', args: ['merge', '--average'], code: 2, says: /Which parents/ },
    { name: 'a search without rows', args: ['evolve', '--parents', weights], code: 2, says: /--dev/ },
    { name: 'an id of a wrong length', args: ['show', '0x1234'], code: 2, says: /is not an id/ },
  ];

  for (const { name, args, code, says } of cases) {
    it(`${name} with exit code ${code}`, async () => {
      const { code: exit, said, error } = await refusalOf(args);
      assert.equal(exit, code, said);
      assert.match(said || error.message, says);
      assert.doesNotMatch(said, /\n\s+at /, 'no stack');
    });
  }

  it('with one message and no result, as a process', async () => {
    for (const { args, code, says } of [cases[0], cases[4], cases[9]]) {
      const result = await descent(args);
      assert.equal(result.code, code, result.stderr);
      assert.match(result.stderr, says);
      assert.equal(result.stdout, '');
      assert.equal(result.stderr.match(/^(descent|error): /gm)?.length, 1, `one error, not: ${result.stderr}`);
    }
  });

  it('and every one points to the help of its own command, however deep', async () => {
    const said = async (...args: string[]) => (await descent(args)).stderr;
    assert.match(await said('trian'), /\(descent --help explains\)/);
    assert.match(await said('train', '--lr', 'fast'), /\(descent train --help explains\)/);
    assert.match(await said('benchmark', 'open', '--uri'), /\(descent benchmark open --help explains\)/);
    assert.match(await said('benchmark', 'opn'), /\(descent benchmark --help explains\)/);
    assert.match(await said('data', ...runs), /Which data[\s\S]*\(descent data --help explains\)\n$/);
    assert.match(await said('benchmark', 'rank', UNKNOWN, UNKNOWN), /\(descent benchmark rank --help explains\)\n$/);
    const { error } = JSON.parse((await descent(['data', '--json', ...runs])).stdout);
    assert.equal(error.help, 'descent data --help');
  });

  it('with one JSON document under --json', async () => {
    const refused = await descent([...train({ '--batch': '3' }), '--json']);
    assert.deepEqual(Object.keys(JSON.parse(refused.stdout)), ['error']);
    assert.equal(JSON.parse(refused.stdout).error.code, 'INVALID_INPUT');
    const misused = await descent(['train', '--json']);
    assert.equal(misused.code, 2);
    assert.equal(JSON.parse(misused.stdout).error.code, 'USAGE');
  });
});

describe('the command line', () => {
  const { folder, remove } = temporaryFolder();
  after(remove);
  const { weights, shard } = smallInputs(folder);

  it('explains itself on stdout and exits with 0', async () => {
    const help = await descent(['--help']);
    assert.equal(help.code, 0);
    const others = [
      'foreign',
      'dataset',
      'attest',
      'prove',
      'submit',
      'verify',
      'benchmark',
      'predict',
      'export',
      'evolve',
      'leaderboard',
      'card',
      'papers',
      'check',
      'find',
    ];
    // facts about rows have one verb
    const verbs = PROGRAM_NAMES.map((program) => (PROGRAMS[program].registers === 'fact' ? 'audit' : program));
    for (const verb of [...verbs, ...others, 'show', 'tree', 'demo']) {
      assert.match(help.stdout, new RegExp(`^ {2}${verb}\\b`, 'm'));
    }
    assert.match(help.stdout, /^Exit codes/m);
    assert.equal((await descent(['train', '--help'])).code, 0);
    assert.match((await descent(['--version'])).stdout, /^\d+\.\d+\.\d+\n$/);
  });

  it('takes a variable that is set to nothing as none', async () => {
    const { code, stderr } = await descent(['tree'], { env: { DESCENT_REGISTRY: '', DESCENT_RPC: '' } });
    assert.equal(code, 2);
    assert.match(stderr, /Which registry\?/);
  });

  it('trains once: the same command again only says what is there', async () => {
    const args = [
      'train',
      '--parent',
      weights,
      '--shard',
      shard,
      '--lr-units',
      '4',
      '--batch',
      '2',
      '--runs',
      folder,
      '--json',
    ];
    const first = await descent(args);
    assert.equal(first.code, 0, first.stderr);
    const document = JSON.parse(first.stdout);
    assert.deepEqual(Object.keys(document), [
      'run',
      'model',
      'shape',
      'head',
      'rows',
      'passes',
      'steps',
      'learningRate',
      'smoothing',
      'loss',
      'accuracy',
      'rate',
    ]);
    assert.equal(document.steps, 4);
    assert.deepEqual(document.rate, { units: 4, rate: 0.001953125, below: 0.00146484375, above: 0.00244140625 });
    const bytes = readFileSync(document.model);
    const again = await descent(args);
    assert.equal(again.stdout, first.stdout);
    assert.deepEqual(readFileSync(document.model), bytes, 'the salt is the first one');
  });

  it('says which rate it takes, and the next possible ones', async () => {
    const args = ['train', '--parent', weights, '--shard', shard, '--batch', '2', '--run', join(folder, 'rated')];
    const near = await descent([...args, '--lr', '0.0019']);
    assert.equal(near.code, 0, near.stderr);
    assert.match(
      near.stdout,
      /^rate {5}0\.001953125 \(4 units of 2\/4096; 0\.0019 was asked for; next possible 0\.00146484375 and 0\.00244140625\)$/m,
    );
    // The same segment by its exact rate and by its units: it continues the run.
    const exact = await descent([...args, '--lr', '0.001953125']);
    assert.match(exact.stdout, /^rate {5}0\.001953125 \(4 units of 2\/4096; next/m);
    assert.equal((await descent([...args, '--lr-units', '4'])).stdout, exact.stdout);
  });

  it('notices that a file of a run was changed, and makes it again', async () => {
    const args = [
      'train',
      '--parent',
      weights,
      '--shard',
      shard,
      '--lr-units',
      '2',
      '--batch',
      '2',
      '--run',
      join(folder, 'changed'),
    ];
    await descent(args);
    const model = join(folder, 'changed', 'model.safetensors');
    writeFileSync(model, 'not weights');
    assert.equal((await descent(args)).code, 0);
    assert.notEqual(readFileSync(model, 'utf8').slice(0, 11), 'not weights');
  });

  it('keeps the inputs of a run: other inputs under the same name are refused', async () => {
    const args = ['train', '--parent', weights, '--shard', shard, '--batch', '2', '--run', join(folder, 'kept')];
    assert.equal((await descent([...args, '--lr-units', '4'])).code, 0);
    const other = await descent([...args, '--lr-units', '5']);
    assert.equal(other.code, 2);
    assert.match(other.stderr, /its learning rate in units \(--lr-units\) is 4, not 5/);
  });
});
