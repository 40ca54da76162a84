import assert from 'node:assert/strict';
import { appendFileSync, copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { readShard, writeShard } from '../../src/model/shardFile.ts';
import { readWeights, writeWeights } from '../../src/model/weightsFile.ts';
import { compareFitness, fitnessOf, fitnessOfMerge } from '../../src/training/fitness.ts';
import { forwardTrace } from '../../src/training/forward.ts';
import { modelOfSeed } from '../../src/training/seed.ts';
import { trainTrial } from '../../src/training/trainer.ts';
import { someShard } from '../support/models.ts';
import { descent, document, refusalOf, temporaryFolder } from './cli.ts';

const WIDTHS = [4, 3, 2];
const NOWHERE = '0x00000000000000000000000000000000000000aa';
const UNKNOWN = `0x${'00'.repeat(31)}07`;

describe('descent evolve', () => {
  const { folder, remove } = temporaryFolder();
  after(remove);
  const runs = ['--runs', join(folder, 'runs')];
  const path = (name: string) => join(folder, `${name}.safetensors`);
  const seed = modelOfSeed({ widths: WIDTHS, head: 'softmax' }, 1n, 2n);
  const rows = [3, 4, 5, 6].map((k) => someShard(WIDTHS, 24, 'classes', k));
  for (const [k, name] of ['one', 'two'].entries()) {
    const trained = trainTrial(seed, rows[k], { lr: 64, batch: 4, passes: 2 }).child;
    writeFileSync(path(name), writeWeights({ ...trained, salt: BigInt(20 + k) }));
  }
  writeFileSync(path('other'), writeWeights(modelOfSeed({ widths: [4, 4, 2], head: 'softmax' }, 1n, 3n)));
  for (const [k, name] of ['dev', 'tests'].entries()) writeFileSync(path(name), writeShard(rows[2 + k]));
  writeFileSync(path('again'), writeShard({ ...rows[2], salt: 99n }));
  const parents = ['--parents', path('one'), path('two')];
  const search = [...parents, '--dev', path('dev'), '--generations', '6', '--population', '6', '--anyway'];
  const evolve = async (name: string, ...more: string[]) =>
    document(await descent(['evolve', ...search, '--run', join(folder, name), '--json', ...more, ...runs]));
  const logOf = (name: string) => readFileSync(join(folder, name, 'evolve.jsonl'), 'utf8');
  const layersOf = (file: string) => readWeights(new Uint8Array(readFileSync(file))).layers;

  it('measures what a score proves, keeps every child in its log and draws the search', async () => {
    const made = await evolve('whole', '--held-out', path('tests'), '--jobs', '2');
    const dev = readShard(new Uint8Array(readFileSync(path('dev'))));
    const child = readWeights(new Uint8Array(readFileSync(made.model)));
    const { measures } = forwardTrace(child, dev);
    assert.deepEqual(made.winner.worth, { right: Number(measures.result), error: `${measures.loss}` });
    const lines = logOf('whole')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.deepEqual(
      lines.map(({ candidates }) => candidates.length),
      [1, 6, 6, 6, 6, 6, 6],
    );
    assert.deepEqual(
      lines[0].candidates[0].coefficients,
      [
        [8192, 8192],
        [8192, 8192],
      ],
      'it begins at the average',
    );
    const all = lines.flatMap(({ candidates }) => candidates);
    assert.ok(
      all.some(({ coefficients }) => JSON.stringify(coefficients) === JSON.stringify(made.winner.coefficients)),
    );
    assert.equal(made.measured, all.length);
    assert.equal(made.heldOut.rows, 24);
    assert.equal(made.heldOut.parents.length, 2);
    const svg = readFileSync(made.curve, 'utf8');
    for (const part of [/^<svg /, /parent 1</, /parent 2</, /average</, /best: /, /mean: /, /generation</])
      assert.match(svg, part);
    assert.doesNotMatch(svg, /NaN|Infinity|undefined/);
    // The merge that its coefficients make, and the same result on any number of threads.
    const rowsText = made.winner.coefficients.map((row: number[]) => row.join()).join('/');
    const merged = document(await descent(['merge', ...parents, `--coefficients=${rowsText}`, '--json', ...runs]));
    assert.deepEqual(layersOf(merged.model), layersOf(made.model));
    const alone = await evolve('alone', '--jobs', '1');
    assert.deepEqual([alone.winner, logOf('alone')], [made.winner, logOf('whole')]);
  });

  it('killed while it searches, it goes on to the same child and the same log', async () => {
    const { winner } = await evolve('reference');
    const expected = logOf('reference');
    // Writes of run.json come first, then three for each generation: it is opened, written (half of it) and made safe.
    const cut: string[] = [];
    for (const operation of [21, 28, 35]) {
      const name = `killed-${operation}`;
      const run = join(folder, name);
      const killed = await descent(['evolve', ...search, '--run', run, ...runs], {
        killAt: { operation, folder: run },
      });
      assert.equal(killed.signal, 'SIGKILL', killed.stderr);
      cut.push(existsSync(join(run, 'evolve.jsonl')) ? logOf(name) : '');
      assert.deepEqual((await evolve(name)).winner, winner, `killed before write ${operation}`);
      assert.equal(logOf(name), expected);
    }
    assert.ok(
      cut.some((log) => log !== '' && log.length < expected.length),
      'the search was killed on its way',
    );
  });

  it('takes away what a kill cut off, and measures nothing twice', async () => {
    await evolve('cut');
    const whole = logOf('cut');
    const run = join(folder, 'cut');
    const state = JSON.parse(readFileSync(join(run, 'run.json'), 'utf8'));
    const { parents: begun } = state.stages;
    writeFileSync(join(run, 'run.json'), JSON.stringify({ ...state, stages: { parents: begun } }));
    const lines = whole.split('\n');
    writeFileSync(join(run, 'evolve.jsonl'), `${lines.slice(0, 3).join('\n')}\n${lines[3].slice(0, 50)}`);
    await evolve('cut');
    assert.equal(logOf('cut'), whole);
    // Another log is noticed: it has what this search does not ask for.
    writeFileSync(join(run, 'run.json'), JSON.stringify({ ...state, stages: { parents: begun } }));
    writeFileSync(join(run, 'evolve.jsonl'), whole.replace('[8192,8192]', '[8192,8191]'));
    const other = await refusalOf(['evolve', ...search, '--run', run, '--quiet', ...runs]);
    assert.deepEqual([other.code, /Generation 0 of \S+ is not what this search asks for/.test(other.said)], [3, true]);
    appendFileSync(join(run, 'evolve.jsonl'), 'no json\n');
    const damaged = await refusalOf(['evolve', ...search, '--run', run, '--quiet', ...runs]);
    assert.match(damaged.said, /Line 8 of \S+ is no generation/);
  });

  it('refuses a winner that is not better than every parent, and keeps its search', async () => {
    // Both parents answer as the average does: no child of one generation can be better.
    copyFileSync(path('one'), path('same'));
    const weights = readWeights(new Uint8Array(readFileSync(path('one'))));
    writeFileSync(path('same'), writeWeights({ ...weights, salt: 77n }));
    const zero = { ...weights, layers: weights.layers.map(({ W, b }) => ({ W: W.map(() => 0n), b: b.map(() => 0n) })) };
    writeFileSync(path('zero'), writeWeights({ ...zero, salt: 78n }));
    writeFileSync(path('nil'), writeWeights({ ...zero, salt: 79n }));
    const run = join(folder, 'no-better');
    const args = ['evolve', '--parents', path('zero'), path('nil'), '--dev', path('dev'), '--generations', '1'];
    const { code, said } = await refusalOf([...args, '--run', run, '--quiet', ...runs]);
    assert.equal(code, 2, said);
    assert.match(said, /The best child is not better on the dev rows than parent 1: nothing is proved or registered/);
    assert.match(said, /--anyway/);
    assert.ok(existsSync(join(run, 'evolve.svg')) && !existsSync(join(run, 'child')));
    const made = document(await descent([...args, '--anyway', '--run', run, '--json', ...runs]));
    assert.equal(made.beats, false);
    assert.ok(existsSync(made.model));
  });

  const cases: [name: string, args: string[], says: RegExp][] = [
    [
      'dev rows that are held out',
      [...search, '--held-out', path('dev')],
      /dev\.safetensors are dev rows and held out/,
    ],
    [
      'the same rows under another salt',
      [...search, '--held-out', path('again')],
      /again\.safetensors are dev rows and held out/,
    ],
    [
      'parents of different shapes',
      ['--parents', path('one'), path('other'), '--dev', path('dev'), '--generations', '2'],
      /one shape: 4-3-2 and 4-4-2 differ/,
    ],
    ['one parent', ['--parents', path('one'), '--dev', path('dev'), '--generations', '2'], /2 to 8 parents, not 1/],
    [
      'a parent given twice',
      ['--parents', path('one'), path('one'), '--dev', path('dev'), '--generations', '2'],
      /one\.safetensors is given twice/,
    ],
    ['too small a population', [...search.slice(0, -3), '--population', '3'], /at least 4 candidates, not 3/],
    ['a benchmark without its rows', [...search, '--benchmark', UNKNOWN], /Where are the rows of the benchmark/],
    [
      'a benchmark without a scoreboard',
      [...search, '--held-out', path('tests'), '--benchmark', UNKNOWN],
      /Which scoreboard/,
    ],
    [
      'a benchmark without a registry',
      [...search, '--held-out', path('tests'), '--benchmark', UNKNOWN, '--scoreboard', NOWHERE],
      /Which registry/,
    ],
  ];
  for (const [name, args, says] of cases) {
    it(`refuses ${name}`, async () => {
      const { code, said } = await refusalOf(['evolve', ...args, '--run', join(folder, 'refused'), '--quiet', ...runs]);
      assert.equal(code, 2, said);
      assert.match(said, says);
      assert.equal(said.match(/^descent: /gm)?.length, 1, said);
    });
  }
});

describe('what a child is worth', () => {
  it('is compared by rows right, then by less error', () => {
    const [a, b, c] = [
      { right: 5, error: 9n },
      { right: 5, error: 8n },
      { right: 6, error: 99n },
    ];
    assert.deepEqual([a, b, c].sort(compareFitness), [c, b, a]);
    assert.equal(compareFitness(a, { ...a }), 0);
    assert.ok(compareFitness({ right: null, error: 1n }, { right: null, error: 2n }) < 0);
  });

  it('is what a score proves of each kind of rows, summed over shards', () => {
    for (const [kind, head] of [
      ['classes', 'softmax'],
      ['labels', 'sigmoid'],
      ['regression', 'squared error'],
      ['classes', 'squared error'],
    ] as const) {
      const model = modelOfSeed({ widths: WIDTHS, head }, 5n, 6n);
      const shards = [3, 4].map((k) => someShard(WIDTHS, 20, kind, k));
      const measured = shards.map((shard) => forwardTrace(model, shard).measures);
      const sum = (value: (of: (typeof measured)[number]) => bigint) =>
        measured.reduce((total, one) => total + value(one), 0n);
      const { right, error } = fitnessOf(model, shards);
      assert.equal(right, kind === 'regression' ? null : Number(sum(({ result }) => result)));
      if (head !== 'squared error')
        assert.equal(
          error,
          sum(({ loss }) => loss),
        );
      else if (kind === 'regression')
        assert.equal(
          error,
          sum(({ result }) => result),
        );
      else assert.ok(error > 0n);
    }
  });

  it('is nothing where the child cannot be proved', () => {
    const parents = [1n, 2n].map((seed) => modelOfSeed({ widths: WIDTHS, head: 'softmax' as const }, seed, seed));
    const shards = [someShard(WIDTHS, 20)];
    const half = 2 ** 13;
    assert.ok(
      fitnessOfMerge(
        parents,
        [
          [half, half],
          [half, half],
        ],
        shards,
      ) !== undefined,
    );
    assert.equal(
      fitnessOfMerge(
        parents,
        [
          [2 ** 17, 0],
          [0, half],
        ],
        shards,
      ),
      undefined,
      'a coefficient out of range',
    );
    assert.equal(
      fitnessOfMerge(
        parents,
        [
          [half, 0],
          [half, 0],
        ],
        shards,
      ),
      undefined,
      'a parent without a part',
    );
  });
});
