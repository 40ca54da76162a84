// All figures of a score: as a command prints them, and as commands tell them of a scoreboard and of edge files.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Hex } from 'viem';
import { figureTexts } from '../../scripts/actions/renderFigures.ts';
import { isBetter } from '../../scripts/actions/scoreAll.ts';
import type { ScoreFigures } from '../../scripts/actions/scoreFigures.ts';
import type { KnownMeasures } from '../../scripts/chain/readMeasures.ts';
import type { Head } from '../../src/model/head.ts';
import { lossPerRow, type Measures } from '../../src/model/measures.ts';
import { emptyShard, type Shard } from '../../src/model/shard.ts';
import { writeShard } from '../../src/model/shardFile.ts';
import { zeroWeights } from '../../src/model/weights.ts';
import { writeWeights } from '../../src/model/weightsFile.ts';
import { type Edge, formatEdge } from '../../src/registry/edge.ts';
import { ascending } from '../../src/registry/ids.ts';
import { NO_RULES } from '../../src/registry/rules.ts';
import { resultId } from '../../src/registry/statement.ts';
import { forwardTrace } from '../../src/training/forward.ts';
import { type Model, type Registered, scoreClaim } from '../contracts/support/registryFixture.ts';
import { ServedRegistry } from '../contracts/support/servedRegistry.ts';
import { EDGES } from '../registry/edges.ts';
import { type NodeProxy, startNodeProxy } from '../support/nodeProxy.ts';
import { descent, document, refusalOf, temporaryFolder } from './cli.ts';

describe('a score', () => {
  const { folder, remove } = temporaryFolder();
  after(remove);
  const runs = ['--runs', join(folder, 'runs')];
  const file = (name: string, content: Uint8Array) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const plain = async (...args: string[]) => {
    const { code, stdout, stderr } = await descent(['score', ...args, ...runs]);
    assert.equal(code, 0, stderr);
    return stdout;
  };
  const result = async (...args: string[]) => document(await descent(['score', ...args, '--json', ...runs]));
  const refused = async (...args: string[]) => (await refusalOf(['score', ...args, ...runs])).said;
  /** Rows of any kind for a model of one layer: the inputs of row s are s and 1. */
  const shardOf = (kind: Shard['kind'], outputs: number, answers: number[][]) => {
    const rows = answers.length;
    const shard = emptyShard({ inputs: 2, outputs, rows, kind }, 3n);
    const S = shard.X.length / 2;
    answers.forEach((own, s) => {
      shard.X.set([s * 512], s);
      shard.X.set([512], S + s);
      for (const i of own) shard.Y[i * S + s] = 512;
    });
    return shard;
  };
  const modelOf = (outputs: number, head: Head, weight: (i: number) => [number, number]) => {
    const model = zeroWeights({ widths: [2, outputs], head }, 5n);
    for (let i = 0; i < outputs; i++) {
      weight(i).forEach((w, j) => {
        model.layers[0].W[2 * i + j] = BigInt(w * 2 ** 32);
      });
    }
    return model;
  };
  const filesOf = (name: string, model: ReturnType<typeof modelOf>, shard: Shard) => [
    ...['--model', file(`${name}.model.safetensors`, writeWeights(model))],
    ...['--shard', file(`${name}.shard.safetensors`, writeShard(shard))],
    ...['--run', name],
  ];

  // Logits of row s: 2 - s, 0, 1. So row 0 is taken for class 0, row 1 for none (0 and 2 are equal), the others for class 2.
  const threeWay = modelOf(3, 'softmax', (i) => [i === 0 ? -1 : 0, [2, 0, 1][i]]);
  const classes = shardOf('classes', 3, [[0], [0], [1], [2], [2]]);

  it('of classes says rows right and at the top, the log-loss, and which class rows were taken for', async () => {
    const said = await result(...filesOf('classes', threeWay, classes));
    const { measures } = forwardTrace(threeWay, classes);
    assert.deepEqual([said.right, said.k, said.topRight, said.rows], [3, 2, 4, 5]);
    assert.deepEqual(said.confusion, [
      [1, 0, 0],
      [0, 0, 1],
      [0, 0, 2],
    ]);
    assert.deepEqual(said.rowsByOutput, [2, 1, 2]);
    assert.deepEqual([said.result, said.loss, said.top, said.absolute], ['3', `${measures.loss}`, '4', '0']);
    assert.equal(said.logLoss, lossPerRow(measures.loss, { kind: 'classes', head: 'softmax', rows: 5, outputs: 3 }));
    assert.deepEqual([said.labelsRight, said.squaredError, said.absoluteError], [null, null, null]);
    assert.deepEqual(figureTexts(said), [
      'among the top 2: 4 of 5 (80.0 %)',
      `log-loss: at most ${said.logLoss.toPrecision(4)} a row (natural logarithm)`,
      'how many rows of each class are taken for which, 4 of 5 rows',
    ]);
    const text = await plain(...filesOf('classes', threeWay, classes));
    assert.match(text, /^2-3 softmax on 5 rows: 3 right \(60\.0 %\)\.\namong the top 2 {2}4 of 5 \(80\.0 %\)$/m);
    assert.match(text, /^log-loss {9}at most 0\.\d+ a row \(natural logarithm\)$/m);
    assert.match(
      text,
      /^rows of \\ taken for {2}0 {2}1 {2}2 {2}not shown\n0 {20}1 {2}0 {2}0 {2}1\n1 +0 {2}0 {2}1 {2}0\n/m,
    );
    assert.match(text, /^Not shown: two classes have the largest output/m);
  });

  it('counts as many places as top as --top says, and remembers them', async () => {
    const files = filesOf('top', threeWay, classes);
    const said = await result(...files, '--top', '1');
    assert.deepEqual([said.k, said.topRight], [1, said.right]);
    assert.doesNotMatch(await plain(...files, '--top', '1'), /among the top/, 'it says what is said already');
    assert.match(await refused(...files, '--top', '3'), /holds another run: its top is "1", not "3"/);
    const other = [...files.slice(0, -1), 'all'];
    assert.equal((await result(...other, '--top', '3')).topRight, 5);
    const four = await refused(...files.slice(0, -1), 'four', '--top', '4');
    assert.match(four, /Of 3 outputs, the 4 highest do not exist.*\n.*from 1 to 3/);
  });

  it('of labels says rows with fewer than k wrong, and how often each is right', async () => {
    // Logits of row s: s - 1.5, 1, -1, -1
    const model = modelOf(4, 'sigmoid', (i) => [i === 0 ? 1 : 0, [-1.5, 1, -1, -1][i]]);
    const labels = shardOf('labels', 4, [[1], [0, 1], [0, 1, 2]]);
    const said = await result(...filesOf('labels', model, labels), '--top', '2');
    assert.deepEqual([said.right, said.k, said.topRight], [1, 2, 3]);
    assert.deepEqual([said.labelsRight, said.rowsByOutput, said.confusion], [[2, 3, 2, 3], [2, 3, 1, 0], null]);
    const text = await plain(...filesOf('labels', model, labels), '--top', '2');
    assert.match(
      text,
      /: 1 right with all labels \(33\.3 %\)\.\nfewer than 2 wrong {7}3 of 3 \(100\.0 %\)\nlog-loss of all outputs {2}at/,
    );
    assert.match(text, /^label {2}rows with it {2}right {2}share\n0 {6}2 {13}2 {6}66\.7 %$/m);
  });

  it('of real numbers says the absolute error, and has no places', async () => {
    const model = modelOf(2, 'squared error', (i) => [0, i === 0 ? 0.5 : -0.25]);
    const shard = shardOf('regression', 2, [[], [], []]);
    const said = await result(...filesOf('real', model, shard));
    assert.deepEqual([said.squaredError, said.absoluteError, said.right, said.topRight], [0.3125, 0.375, null, null]);
    assert.match(
      await plain(...filesOf('real', model, shard)),
      /0\.3125 a row\.\nabsolute error {2}0\.3750 on average$/m,
    );
    const places = await refused(...filesOf('places', model, shard), '--top', '1');
    assert.match(places, /Real numbers have no places.*\n.*Leave --top out/);
  });

  it('of many classes lists what each was most often taken for, and of too many no counts', async () => {
    const score = (outputs: number) => {
      // class s + 1 has the largest output of row s
      const model = modelOf(outputs, 'squared error', (i) => [i / 16, -(i * i) / 32 + i / 16]);
      const answers = Array.from({ length: 12 }, (_, s) => [s]);
      return filesOf(`many-${outputs}`, model, shardOf('classes', outputs, answers));
    };
    const text = await plain(...score(14));
    assert.match(
      text,
      /^class {2}rows {2}right {2}share {2}most often taken for instead\n0 {6}1 {5}0 {6}0\.0 % {2}1 \(1\)$/m,
    );
    assert.match(text, /^13 {5}0 {5}0 {6}-$/m);
    const { confusion, logLoss, topRight } = await result(...score(33));
    assert.deepEqual([confusion, logLoss, topRight], [null, null, 12]);
  });

  it('of many shards sums every figure', async () => {
    const other = { ...shardOf('classes', 3, [[0], [2]]), salt: 9n };
    const [model, first, second] = [
      file('sum.model.safetensors', writeWeights(threeWay)),
      file('sum-1.safetensors', writeShard(classes)),
      file('sum-2.safetensors', writeShard(other)),
    ];
    const said = await result('--model', model, '--shards', first, second, '--run', 'sum');
    const both = [classes, other].map((shard) => forwardTrace(threeWay, shard).measures);
    const sum = (of: (one: Measures) => bigint) => both.reduce((total, one) => total + of(one), 0n);
    assert.deepEqual(
      [said.rows, said.result, said.loss, said.top],
      [7, `${sum(({ result }) => result)}`, `${sum(({ loss }) => loss)}`, `${sum(({ top }) => top)}`],
    );
    assert.deepEqual(said.confusion, [
      [2, 0, 0],
      [0, 0, 1],
      [0, 0, 2],
    ]);
    assert.deepEqual(said.rowsByOutput, [3, 1, 3]);
  });

  it('whose run an earlier version began is not continued', async () => {
    const files = filesOf('early', threeWay, classes);
    await result(...files);
    const path = join(folder, 'runs', 'early', 'run.json');
    const state = JSON.parse(readFileSync(path, 'utf8'));
    delete state.stages.score.data.loss;
    writeFileSync(path, JSON.stringify(state));
    assert.match(await refused(...files), /was begun by an earlier version.*\n.*--run/);
  });

  it('of a logit of -64 where the label is set names the row, and what to do', async () => {
    const model = modelOf(1, 'sigmoid', () => [0, -64]);
    const low = await descent(['score', ...filesOf('low', model, shardOf('labels', 1, [[], [0]])), ...runs]);
    assert.equal(low.code, 4);
    assert.match(low.stderr, /output at layer 1, row 1, unit 0 is -64 .*more than -64 where the label is set/);
    assert.match(low.stderr, /Scale the rows/);
  });
});

describe('a score is proved again', () => {
  const figures = (kind: string, head: Head, more: object) =>
    ({
      kind,
      head,
      result: '7',
      loss: '500',
      absolute: '0',
      top: '9',
      confusion: null,
      labelsRight: null,
      ...more,
    }) as ScoreFigures;
  const known: KnownMeasures = { result: 7n, loss: 500n, absolute: undefined, top: 9n, counted: 8n };

  it('only where some part of it is the first or better than what the scoreboard has', () => {
    const of = figures('classes', 'softmax', {
      confusion: [
        [4, 0],
        [1, 3],
      ],
    });
    const has = (change: Partial<KnownMeasures>) => isBetter(of, { ...known, ...change });
    assert.equal(has({}), false);
    assert.equal(has({ result: 8n, loss: 400n, top: 10n, counted: 9n }), false);
    for (const change of [{ result: undefined }, { result: 6n }, { loss: undefined }, { loss: 501n }, { top: 8n }]) {
      assert.equal(has(change), true, JSON.stringify(Object.keys(change)));
    }
    assert.equal(has({ counted: 7n }), true);
  });

  it('of regression where the error is less, or the absolute error is the first', () => {
    const of = figures('regression', 'squared error', { absolute: '30', top: '0', loss: '0' });
    const has = (change: Partial<KnownMeasures>) =>
      isBetter(of, { result: 7n, loss: undefined, absolute: 30n, top: 0n, counted: 0n, ...change });
    assert.equal(has({}), false);
    assert.equal(has({ result: 6n }), false);
    assert.deepEqual([has({ result: 8n }), has({ absolute: undefined })], [true, true]);
  });
});

describe('a scoreboard with all measures', () => {
  const { folder, remove } = temporaryFolder();
  let served: ServedRegistry;
  let proxy: NodeProxy;
  before(async () => {
    served = await ServedRegistry.create(1);
    proxy = await startNodeProxy(served.upstream);
  });
  after(async () => {
    await proxy?.close();
    remove();
  });
  const call = (...args: string[]) =>
    descent(args, { env: { ...served.env(proxy.rpc), XDG_CACHE_HOME: join(folder, 'cache') } });
  const idOf = (one: Model | Registered) => resultId(one.statement);

  /** A benchmark of shards, on which each model has these measures on every shard. */
  async function ranked(
    shards: Registered[],
    all: [Model, (Partial<Measures> & { result: bigint })[][]][],
  ): Promise<Hex> {
    const { datasets, scoreboard, alice } = served.fixture;
    const list = [ascending(shards.map(idOf)), 'rows'];
    await datasets.send('registerDataset', list, alice);
    const benchmark = await scoreboard.simulate('openBenchmark', [alice, ...list, NO_RULES]);
    await scoreboard.send('openBenchmark', [alice, ...list, NO_RULES]);
    for (const [model, measures] of all) {
      for (const [k, some] of measures.entries())
        for (const { result, ...rest } of some) await served.fixture.submit(scoreClaim(model, shards[k], result, rest));
      await scoreboard.send('rank', [idOf(model), benchmark, []]);
    }
    return benchmark;
  }

  it('tells in leaderboard and show the best of what was proved on every shard', async () => {
    const { fixture } = served;
    const widths = [4, 3, 4];
    const shape = { inputs: 4, outputs: 4, rows: 16, kind: 'classes' } as const;
    const shards = [await fixture.registerShard(shape), await fixture.registerShard(shape)];
    const softmax = await fixture.seedModel(widths, fixture.alice, 'softmax');
    const squared = await fixture.seedModel(widths, fixture.bob);
    const unit = 65536n;
    const benchmark = await ranked(shards, [
      [
        softmax,
        [
          [
            { result: 9n, loss: 8n * unit, k: 3, top: 14n },
            // a greater loss, but more on the first two places
            { result: 9n, loss: 9n * unit, k: 2, top: 12n },
          ],
          [{ result: 8n, loss: 6n * unit, k: 3, top: 15n }],
        ],
      ],
      [squared, [[{ result: 7n, k: 3, top: 10n }], [{ result: 7n, k: 2, top: 16n }]]],
    ]);
    const board = document(await call('leaderboard', benchmark, '--json'));
    const [first, second] = board.standings;
    assert.deepEqual([first.model, first.tops], [idOf(softmax), [{ k: 3, rows: 29 }]]);
    const of = { kind: 'classes', head: 'softmax', rows: 32, outputs: 4 } as const;
    assert.equal(first.logLoss, lossPerRow(14n * unit, of));
    assert.deepEqual([second.logLoss, second.absoluteError, second.tops], [null, null, []]);
    const { stdout } = await call('leaderboard', benchmark);
    assert.match(stdout, /model +rows right +share +top 3 +log-loss +ranked by/);
    assert.match(stdout, /17 of 32 +53\.1 % +90\.6 % +0\.4376 +0x/);
    assert.match(stdout, /14 of 32 +43\.8 % +- +- +0x/);
    const shown = document(await call('show', idOf(softmax), '--json'));
    assert.match(
      shown.results[0],
      /^17 of 32 rows right \(53\.1 %\), top 3 90\.6 %, log-loss at most 0\.4376 a row; benchmark/,
    );
  });

  it('does not put the log-losses of two heads in one column, nor a lower bound above what it is', async () => {
    const { fixture } = served;
    const shard = await fixture.registerShard({ inputs: 4, outputs: 10, rows: 4000, kind: 'classes' });
    const [softmax, sigmoid] = [
      await fixture.seedModel([4, 10], fixture.alice, 'softmax'),
      await fixture.seedModel([4, 10], fixture.bob, 'sigmoid'),
    ];
    const unit = 65536n * 4000n;
    const benchmark = await ranked(
      [shard],
      [
        [softmax, [[{ result: 900n, loss: unit, k: 3, top: 3999n }]]],
        [sigmoid, [[{ result: 800n, loss: 2n * unit, k: 3, top: 4000n }]]],
      ],
    );
    const { stdout } = await call('leaderboard', benchmark);
    assert.match(stdout, /share +top 3 +log-loss +log-loss of all outputs +ranked by/);
    assert.match(stdout, /900 of 4000 +22\.5 % +99\.9 % +1\.001 +- +0x/);
    assert.match(stdout, /800 of 4000 +20\.0 % +100\.0 % +- +2\.000 +0x/);
    const { standings } = document(await call('leaderboard', benchmark, '--json'));
    assert.deepEqual(
      standings.map(({ head }: { head: string }) => head),
      ['softmax', 'sigmoid'],
    );
    const { results } = document(await call('show', idOf(sigmoid), '--json'));
    assert.match(results[0], /top 3 100\.0 %, log-loss of all outputs at most 2\.000 a row; benchmark/);
  });

  it('tells of labels in how many rows fewer than k are wrong: they have no first places', async () => {
    const { fixture } = served;
    const shard = await fixture.registerShard({ inputs: 4, outputs: 3, rows: 16, kind: 'labels' });
    const model = await fixture.seedModel([4, 3], fixture.alice, 'sigmoid');
    const benchmark = await ranked([shard], [[model, [[{ result: 5n, loss: 65536n * 16n, k: 2, top: 12n }]]]]);
    const { stdout } = await call('leaderboard', benchmark);
    assert.match(stdout, /share +fewer than 2 wrong +log-loss of all outputs +ranked by/);
    assert.match(stdout, /5 of 16 +31\.3 % +75\.0 % +1\.000 +0x/);
    const { results } = document(await call('show', idOf(model), '--json'));
    assert.match(results[0], /, fewer than 2 wrong 75\.0 %, log-loss of all outputs at most 1\.000 a row; /);
  });

  it('tells the absolute error of regression, and no column that no model has', async () => {
    const { fixture } = served;
    const shard = await fixture.registerShard({ inputs: 4, outputs: 2, rows: 16, kind: 'regression' });
    const model = await fixture.seedModel([4, 2]);
    const measures = { result: 2n ** 18n * 8n, absolute: 512n * 8n };
    const { stdout } = await call('leaderboard', await ranked([shard], [[model, [[measures]]]]));
    assert.match(stdout, /squared error +a row +absolute error +ranked by/);
    assert.match(stdout, /8\.00000 +0\.5000 +0\.2500 +0x/);
    assert.doesNotMatch(stdout, /log-loss|top/);
  });
});

describe('an edge of a score', () => {
  const { folder, remove } = temporaryFolder();
  after(remove);
  const edge = EDGES.find(({ statement }) => statement.program === 'score')!;
  const written = (measures: Partial<Measures>) => {
    const path = join(folder, 'score.edge.json');
    writeFileSync(path, formatEdge({ ...edge, statement: { ...edge.statement, ...measures } } as Edge));
    return path;
  };

  it('is shown with what it states, and its counts as a table', async () => {
    const { statement } = edge as Edge & { statement: { shard: Shard } };
    const { rows, outputs, kind } = statement.shard;
    assert.equal(kind, 'classes');
    const counts = new Uint16Array(outputs ** 2);
    counts[0] = 2;
    const path = written({ result: 2n, k: Math.min(2, outputs), top: 3n, counts });
    const { stdout, stderr } = await descent(['show', path]);
    assert.match(stdout, new RegExp(`^states +at least 2 of ${rows} rows right$`, 'm'), stderr);
    assert.match(stdout, new RegExp(`label among the top 2 in at least 3 of ${rows} rows`));
    assert.match(stdout, new RegExp(`rows of each class are taken for which; ${rows - 2} rows not shown`));
    assert.match(stdout, /^counts +rows of \\ taken for {2}0/m);
  });
});
