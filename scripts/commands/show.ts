import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import type { Address, Hex } from 'viem';
import { DescentError } from '../../src/errors/DescentError.ts';
import { InputError } from '../../src/errors/InputError.ts';
import { type AnyShape, formatShape, isNetworkShape, shapeSides } from '../../src/model/anyShape.ts';
import { describeEmbedder } from '../../src/model/embedder.ts';
import { parameterCount } from '../../src/model/layerTensors.ts';
import { MERGE_ONE } from '../../src/model/merge.ts';
import type { Network } from '../../src/model/network.ts';
import { presentLayers, shapeOf } from '../../src/model/networkWeights.ts';
import { describePicture } from '../../src/model/pictures.ts';
import { readTensors } from '../../src/model/safetensors.ts';
import { featureNames, outputNames, pictureOf, type Schema, schemaHash } from '../../src/model/schema.ts';
import { readShard as parseShard, SHARD_FORMAT } from '../../src/model/shardFile.ts';
import { describeTargets } from '../../src/model/smoothing.ts';
import { readModel as parseModel } from '../../src/model/weightsFile.ts';
import { type NodeOf, shardsUsedBy, sumAncestry } from '../../src/registry/ancestry.ts';
import { type Edge, parseEdge } from '../../src/registry/edge.ts';
import { type EdgeRun, isRun, parseRun } from '../../src/registry/edgeRun.ts';
import {
  shapeFacts,
  shapeFields,
  shapeOf as statedShape,
  type Training,
} from '../../src/registry/programs/definition.ts';
import { definitionOf } from '../../src/registry/programs/definitions.ts';
import { MIXED_SCHEMA, NO_SCHEMA } from '../../src/registry/schemas.ts';
import { resultId } from '../../src/registry/statement.ts';
import { realLearningRate } from '../../src/training/trainer.ts';
import { assessResults, inWords, marksOf } from '../actions/assessResults.ts';
import { boardMeasures, measuresInWords } from '../actions/boardMeasures.ts';
import { describeSources } from '../actions/describeSources.ts';
import { statedCounts, statedMeasures } from '../actions/statedMeasures.ts';
import { type Chain, parseAddress, requireContract } from '../chain/client.ts';
import { readCard } from '../chain/readCards.ts';
import { readLineage } from '../chain/readLineage.ts';
import { sumMeasures } from '../chain/readMeasures.ts';
import { type ForeignMaking, readModel, readShard } from '../chain/readRegistry.ts';
import { readResults } from '../chain/readResults.ts';
import { readBenchmarks } from '../chain/readScoreboard.ts';
import { readInput, readParsed } from '../files/read.ts';
import { inspectRun, type RunEdge, type RunSummary } from '../runs/inspect.ts';
import { runFolder } from '../runs/runFolder.ts';
import { alignColumns } from '../terminal/drawTree.ts';
import { commandLine } from '../terminal/invocation.ts';
import { counted } from '../terminal/plural.ts';
import { printable } from '../terminal/printable.ts';
import {
  type AttestationsOptions,
  attestationsOf,
  type CardsOptions,
  type CommonOptions,
  openRegistry,
  outputOf,
  withAttestations,
  withCards,
  withChain,
  withCommon,
  withScoreboard,
} from './options.ts';
import { describeAccuracy, describeProgress } from './runs.ts';

type Facts = Record<string, unknown>;

type ShowOptions = CommonOptions & CardsOptions & AttestationsOptions & { scoreboard?: string };

/** Results of one model that are shown: anyone can open a benchmark and have it ranked there. */
const MOST_RESULTS = 20;

export function addShowCommand(program: Command): void {
  withAttestations(withScoreboard(withCards(withCommon(withChain(program.command('show'))))))
    .description('show a model or shard of the registry, or what a run or a file holds')
    .argument('<what>', 'id of a model or shard (0x and 64 digits), or a run, or an edge, weights or shard file')
    .action(async (what: string, options: ShowOptions) => {
      const output = outputOf(options);
      const isId = /^0x[0-9a-f]{64}$/i.test(what);
      const facts = isId ? await describeId(what.toLowerCase() as Hex, options) : describeRunOrFile(what, options.runs);
      output.result(facts, renderFacts(facts));
    });
}

async function describeId(id: Hex, options: ShowOptions): Promise<Facts> {
  const { chain, registry } = await openRegistry(options);
  const model = await readModel(chain, registry, id);
  if (model !== undefined) {
    const { trainings = [], merge, foreign, isForeign, shape, parent, schema, schemaOfParent, ...rest } = model;
    const nodeOf = await readLineage(chain, registry);
    const { unknown, rows, ...sums } = sumAncestry(id, nodeOf);
    const scoreboard = options.scoreboard === undefined ? undefined : parseAddress(options.scoreboard, '--scoreboard');
    const cards = options.cards === undefined ? undefined : parseAddress(options.cards, '--cards');
    const card = cards === undefined ? undefined : await readCard(chain, cards, id);
    return {
      what: 'model',
      ...(card?.name && { name: card.name }),
      ...(card?.uri && { uri: card.uri }),
      ...rest,
      ...shapeFacts(shapeFields(shape)),
      ...(trainings.length > 0 && {
        parent,
        segments: trainings.map((training) => `shard ${training.shard}, ${describeSettings(training, shape)}`),
      }),
      // It goes by the rows of the last training: what they were before is forgotten.
      schema: describeStated(schema),
      ...(schemaOfParent && { otherSchemaThanParent: describeStated(schemaOfParent) }),
      ...describeForeign(foreign, isForeign),
      ...(merge && { parents: merge.parents, coefficients: merge.coefficients.map(describeRow) }),
      ...(merge?.method && { method: merge.method }),
      // Over the whole lineage, through all parents of every merge; depth follows first parents only.
      ...sums,
      rowsOfDifferentShards: rows,
      ...(unknown > 0 && { ancestorsNotRead: unknown }),
      ...(await sourcesOf(chain, options, shardsUsedBy(id, nodeOf))),
      ...(scoreboard && { results: await describeResults(chain, scoreboard, id, nodeOf) }),
    };
  }
  const shard = await readShard(chain, registry, id);
  if (shard !== undefined) {
    const sources = await sourcesOf(chain, options, [id]);
    return { what: 'shard', ...shard, schema: describeStated(shard.schema), ...sources };
  }
  throw new DescentError(`The registry ${registry} knows neither a model nor a shard ${id}.`, {
    code: 'UNKNOWN_ID',
    exit: 'usage',
  });
}

/** Who says that the data is its own, where --attestations names a contract. */
async function sourcesOf(chain: Chain, options: ShowOptions, shards: Iterable<Hex>): Promise<Facts> {
  if (options.attestations === undefined) return {};
  const attestations = attestationsOf(options);
  await requireContract(chain, attestations, 'attestations');
  const { attested, sources } = await describeSources(chain, attestations, shards);
  return { attested, ...(sources.length > 0 && { sources }) };
}

/** Where another proof system vouches for a part of the descent, and which. */
function describeForeign(foreign: ForeignMaking | undefined, isForeign: boolean): Facts {
  if (foreign === undefined) return isForeign ? { foreign: 'by a model above it: see its parents' } : {};
  const { program, adapter, parents } = foreign;
  return { foreign: `program ${program}, as far as its adapter ${adapter} can be trusted`, parents };
}

/** A model's results, each with its benchmark and with what keeps it from being compared with others. */
async function describeResults(chain: Chain, scoreboard: Address, model: Hex, nodeOf: NodeOf): Promise<string[]> {
  const [results, benchmarks] = await Promise.all([
    readResults(chain, scoreboard, { model }),
    readBenchmarks(chain, scoreboard),
  ]);
  const lines: string[] = [];
  for (const { benchmark, value, rows, kind } of results.slice(0, MOST_RESULTS)) {
    const { shards = [], uri = '' } = benchmarks.find(({ id }) => id === benchmark) ?? {};
    const [judgement] = await assessResults(chain, scoreboard, { models: [model], shards, nodeOf });
    const [sum, share] = inWords(value, rows, kind);
    const figure = kind === 'regression' ? `squared error ${sum} (${share} a row)` : `${sum} rows right (${share})`;
    const measures = boardMeasures((await sumMeasures(chain, scoreboard, shards)).get(model), { rows, kind });
    const figures = [figure, ...measuresInWords({ ...measures, rows, kind })].join(', ');
    lines.push([`${figures}; benchmark ${benchmark} "${printable(uri)}"`, ...marksOf(judgement)].join('; '));
  }
  if (results.length > MOST_RESULTS) lines.push(`and ${results.length - MOST_RESULTS} more`);
  return lines;
}

/** How a segment was trained. */
function describeSettings(
  { learningRate, batch, passes, smoothing }: Omit<Training, 'shard'>,
  shape: AnyShape,
): string {
  const rate = `rate ${realLearningRate({ lr: learningRate, batch })}, batch ${batch}, ${counted(passes, 'pass', 'passes')}`;
  if (smoothing === 0) return rate;
  return `${rate}, smoothing ${smoothing}/2048 (${describeTargets(smoothing, shape.head, shapeSides(shape).outputs)})`;
}

/** What inputs and outputs are said to mean: a hash, or why there is none. */
function describeStated(schema: Hex): string {
  if (schema === NO_SCHEMA) return 'not stated';
  return schema === MIXED_SCHEMA ? 'mixed: of parents with different ones' : schema;
}

/** Coefficients of a layer as factors of the parents. */
function describeRow(row: readonly number[]): string {
  return row.map((a) => a / MERGE_ONE).join(' ');
}

/** A run by its name or folder goes before a file. */
function describeRunOrFile(what: string, runs: string): Facts {
  const isName = /^(?!0x[0-9a-f]*$)[A-Za-z0-9][A-Za-z0-9._-]*$/i.test(what);
  const folder = [what, ...(isName ? [runFolder(runs, what)] : [])].find((path) => existsSync(join(path, 'run.json')));
  if (folder !== undefined) return describeRun(inspectRun(resolve(folder)));
  if (isName && !existsSync(what)) {
    throw new InputError(`There is no run and no file ${what}.`, { hint: `${commandLine('runs')} lists the runs.` });
  }
  return describeFile(what);
}

function describeRun(run: RunSummary): Facts {
  const { name, folder, kind, inputs, edges, parts, gas, stages } = run;
  const accepted = (edge: RunEdge) =>
    edge.accepted === undefined
      ? 'not sent from here'
      : `accepted in block ${edge.accepted.block} for ${edge.accepted.gas.toLocaleString('en-US')} gas`;
  return {
    what: 'run',
    name,
    kind,
    state: describeProgress(run),
    folder,
    ...Object.fromEntries(Object.entries(withRate(inputs as Facts)).map(([key, value]) => [key, inWord(value)])),
    ...(run.accuracy !== undefined && { right: describeAccuracy(run) }),
    stages: stages.map(({ name, at, seconds }) => `${name}, ${at.slice(0, 19).replace('T', ' ')} UTC, ${seconds} s`),
    files: stages.flatMap(({ files }) => files.map((file) => join(folder, file))),
    ...(edges.length > 0 && { edges: edges.map((edge) => `${edge.id} on chain ${edge.chainId}: ${accepted(edge)}`) }),
    ...(parts > 0 && { parts: `${counted(parts, 'run')} below it` }),
    ...(gas > 0 && { gas: gas.toLocaleString('en-US') }),
  };
}

/** A run keeps its rate in units; people know it by the name and the size that --lr has. */
function withRate({ lr, ...inputs }: Facts): Facts {
  if (typeof lr !== 'number' || typeof inputs.batch !== 'number') return inputs;
  const { batch, ...rest } = inputs;
  return { ...rest, rate: realLearningRate({ lr, batch: inputs.batch }), lrUnits: lr, batch };
}

/** A value of a run's inputs in one line. */
function inWord(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : (value ?? undefined);
}

/** Tries the formats one after the other; never shows salts. */
function describeFile(path: string): Facts {
  if (/^0x[0-9a-f]*$/i.test(path)) {
    throw new InputError(`${path} is not an id: 0x and 64 hexadecimal digits.`);
  }
  const bytes = readInput(path);
  const isJson = bytes[0] === '{'.charCodeAt(0);
  if (isJson) {
    const checked = `nothing: all of it is what the file says; ${commandLine('verify', path)} checks it`;
    const text = new TextDecoder().decode(bytes);
    if (isRun(text)) return { ...describeEdgeRun(parseRun(text)), checked };
    return { ...describeEdge(parseEdge(text)), checked };
  }
  return readParsed(path, describeTensors);
}

function describeTensors(bytes: Uint8Array): Facts {
  if (readTensors(bytes).metadata.get('format') === SHARD_FORMAT) {
    const { inputs, outputs, rows, kind, schema } = parseShard(bytes);
    return { what: 'shard file', inputs, outputs, rows, kind, ...describeSchema(schema) };
  }
  const weights = parseModel(bytes);
  const shape = shapeOf(weights);
  return {
    what: 'weights',
    [isNetworkShape(shape) ? 'network' : 'widths']: formatShape(shape),
    head: shape.head,
    ...(isNetworkShape(shape) && { layers: describeLayers(shape) }),
    parameters: parameterCount(shape),
    ...describeSchema(weights.schema),
  };
}

/** What a file says its columns mean: no proof shows that. */
function describeSchema(schema: Schema | undefined): Facts {
  if (schema === undefined) return {};
  const few = (names: string[] | undefined) =>
    names &&
    `${names.slice(0, MOST_NAMES).map(printable).join(', ')}${names.length > MOST_NAMES ? `, ${names.length} in all` : ''}`;
  const picture = pictureOf(schema);
  const steps = schema.transforms.map(({ name }) => name);
  return {
    schema: schemaHash(schema),
    features: few(featureNames(schema)) ?? 'without names',
    ...(picture && { pictures: describePicture(picture) }),
    ...(schema.embedder && { embedder: printable(describeEmbedder(schema.embedder)) }),
    ...(steps.length > 0 && { prepared: steps.join(', ') }),
    [schema.kind === 'regression' ? 'targets' : schema.kind]: few(outputNames(schema)) ?? 'without names',
  };
}

const MOST_NAMES = 12;

function describeEdge(edge: Edge): Facts {
  const { context, statement } = edge;
  const common = {
    what: 'edge',
    program: statement.program,
    id: resultId(statement),
    chainId: context.chainId,
    registry: context.registry,
    trainer: context.trainer,
    devKeys: edge.devKeys,
    verificationKey: edge.verificationKey,
  };
  const [states, counts] = [statedMeasures(statement), statedCounts(statement)];
  return {
    ...common,
    ...definitionOf(statement).facts(statement),
    ...(states.length > 0 && { states }),
    ...(counts.length > 0 && { counts }),
  };
}

/** A run file: the edge to its last model, and each of its segments. */
function describeEdgeRun({ edges, keep }: EdgeRun): Facts {
  const { program: _, what: __, ...last } = describeEdge(edges[edges.length - 1]);
  const segments = edges.map(({ statement }, k) => {
    const id = `${resultId(statement)}${keep[k] ? '' : ' (not kept)'}`;
    return `${id}: ${counted(statement.shard.rows, 'row')}, ${describeSettings(statement, statedShape(statement))}`;
  });
  return { what: 'run of training edges', ...last, segments };
}

/** What each layer of a network makes of what, a line for each. */
function describeLayers(network: Network): string[] {
  const geometry = presentLayers(network);
  const size = (side: number, channels: number) => (side === 1 ? `${channels}` : `${side}x${side}x${channels}`);
  return geometry.slice(1).map(({ channels, side, read, kernel, stride, padding, flat, pooled }, l) => {
    const averages = pooled ? 'averages over 2x2, ' : '';
    const what = flat ? 'dense' : `kernel ${kernel}x${kernel}, stride ${stride}, padding ${padding}`;
    return `${averages}${what}: ${size(read, geometry[l].channels)} to ${size(side, channels)}`;
  });
}

function renderFacts(facts: Facts): string {
  const rows = Object.entries(facts)
    .filter(([, value]) => value !== undefined)
    .flatMap(([name, value]) => {
      if (!Array.isArray(value)) return [[name, String(value)]];
      return value.length === 0 ? [[name, 'none']] : value.map((entry, k) => [k === 0 ? name : '', String(entry)]);
    });
  return alignColumns(rows);
}
