// A model card as Hugging Face has them: front matter in YAML, then what is proved and what is not.
import { stringify } from 'yaml';
import { formatShape, isNetworkShape } from '../../../src/model/anyShape.ts';
import { parameterCount } from '../../../src/model/layerTensors.ts';
import { realLearningRate } from '../../../src/training/trainer.ts';
import { shortId } from '../../terminal/drawTree.ts';
import { counted } from '../../terminal/plural.ts';
import type { DataFacts } from './data.ts';
import { type EdgeFacts, type LineageFacts, urnOf } from './facts.ts';
import type { PaperFacts } from './paperFacts.ts';
import { type Metric, MOST_RESULTS, type ResultFacts } from './results.ts';
import { markdown, plain } from './texts.ts';

/** Edges that the text lists; claims.jsonl has all. */
const MOST_EDGES = 100;
const MOST_SOURCES = 10;

/** What the front matter says of the registry, under `descent`. */
export interface DescentEntry {
  format: string;
  chain_id: number;
  registry: string;
  model: string;
  program: string;
  parents: readonly string[];
  development_keys: boolean;
  weights_sha256?: string;
}

export const CARD_FORMAT = 'descent-papers/1';

export function modelCardOf(facts: PaperFacts): string {
  // Other programs read YAML 1.1, to which 0x12 is a number and no is false: every text is quoted.
  const options = {
    defaultStringType: 'QUOTE_DOUBLE',
    defaultKeyType: 'PLAIN',
    lineWidth: 0,
    aliasDuplicateObjects: false,
  } as const;
  return `---\n${stringify(frontMatterOf(facts), options)}---\n\n${bodyOf(facts)}`;
}

/** The relation to base models in the words of Hugging Face; none where nobody knows. */
export function relationOf({ program }: Pick<EdgeFacts, 'program'>): 'finetune' | 'merge' | undefined {
  if (program === 'train') return 'finetune';
  return program === 'merge' ? 'merge' : undefined;
}

function frontMatterOf({ lineage, card, results, license, weights, page }: PaperFacts): Record<string, unknown> {
  const { place, edges, declared, foreign } = lineage;
  const [edge] = edges;
  const relation = relationOf(edge);
  const descent: DescentEntry = {
    format: CARD_FORMAT,
    chain_id: place.chainId,
    registry: place.registry,
    model: edge.id,
    program: edge.program,
    parents: edge.parents,
    development_keys: place.devKeys,
    ...(weights && { weights_sha256: weights.sha256 }),
  };
  return {
    ...(license !== undefined && { license: license.toLowerCase() }),
    library_name: 'descent',
    tags: [
      'descent',
      'lineage',
      'zero-knowledge',
      ...(place.devKeys ? ['development-keys'] : []),
      ...(declared ? ['declared-origin'] : []),
      ...(foreign ? ['foreign-program'] : []),
    ],
    ...(edge.parents.length > 0 && { base_model: edge.parents }),
    ...(relation && { base_model_relation: relation }),
    ...(results && results.length > 0 && { 'model-index': [indexOf(lineage, { card, results, page })] }),
    descent,
  };
}

function indexOf(
  { place, edges: [edge] }: LineageFacts,
  { card, results, page }: Pick<PaperFacts, 'card' | 'page'> & { results: ResultFacts[] },
) {
  const proof = page === undefined ? urnOf(place, 'model', edge.id) : `${page}/model/${edge.id}`;
  return {
    name: card?.name ? plain(card.name) : shortId(edge.id),
    results: results.map(({ benchmark, dataset, uri, kind, metrics, marks }) => ({
      task: { type: taskOf(edge, kind) },
      dataset: {
        name: uri === '' ? `dataset ${shortId(dataset)}` : plain(uri),
        type: benchmark,
        args: { benchmark, dataset },
      },
      metrics: metrics.map((metric) => ({ type: metric.type, name: metricName(metric, marks), value: metric.value })),
      source: {
        name: place.devKeys ? 'Descent, development keys: proves nothing' : 'Descent, proved',
        url: proof,
      },
    })),
  };
}

/** What a number is, and what keeps it from being compared with others. */
export function metricName({ name, bound }: Metric, marks: readonly string[]): string {
  return [`${name}, ${bound}`, ...marks].join('; ');
}

/** A task as Hugging Face names them. */
export function taskOf({ shape }: Pick<EdgeFacts, 'shape'>, kind: ResultFacts['kind']): string {
  if (kind === 'regression') return 'tabular-regression';
  return isNetworkShape(shape) ? 'image-classification' : 'tabular-classification';
}

function bodyOf(facts: PaperFacts): string {
  const { lineage, card, results, data } = facts;
  const { edges, place } = lineage;
  const [edge] = edges;
  const title = card?.name ? markdown(card.name) : `Model ${shortId(edge.id)}`;
  return [
    `# ${title}`,
    '',
    '![What the registry says of this model](badge.svg)',
    '',
    ...(place.devKeys
      ? ['**Development keys: anybody can forge the proofs of this registry. Nothing here is proved.**', '']
      : []),
    `Model \`${edge.id}\` of the registry \`${place.registry}\` on chain ${place.chainId}.`,
    ...(card?.name || card?.uri ? ['Its name is what its trainer says.'] : []),
    ...(card?.uri ? [`For more, its trainer names: ${markdown(card.uri)}`] : []),
    '',
    '`descent check <this folder>` compares this page, the claims and the weights with the registry. Believe that and not this page:',
    'anybody can write one.',
    '',
    place.devKeys ? '## What would be proved with keys of a ceremony' : '## What is proved',
    '',
    ...provedLines(facts).map((line) => `- ${line}`),
    '',
    '## Lineage',
    '',
    '| step | model | parents | how | transaction |',
    '|---|---|---|---|---|',
    ...edges.slice(0, MOST_EDGES).map(edgeLine),
    ...(edges.length > MOST_EDGES ? ['', `And ${edges.length - MOST_EDGES} more: \`claims.jsonl\` has all.`] : []),
    ...resultSection(results),
    ...dataSection(lineage, data, facts.dataLeftOut),
    '',
    '## What is not shown',
    '',
    ...limitLines(facts).map((line) => `- ${line}`),
    '',
  ].join('\n');
}

function provedLines({ lineage, weights }: PaperFacts): string[] {
  const { edges, shards } = lineage;
  const [{ shape }] = edges;
  const count = (program: string) => edges.filter((edge) => edge.program === program).length;
  const sorts = [
    [count('seed'), 'seed: its weights follow from a number that the chain drew'],
    [count('train'), 'training: the child follows from its parent and the committed rows, step by step'],
    [count('merge'), 'merge: the child is the weighted sum of its parents'],
    [count('import'), 'import: its weights are in range'],
    [count('foreign'), 'model of a foreign program: its weights are in range'],
  ] as const;
  return [
    `The model is one of ${counted(parameterCount(shape), 'parameter')} (${formatShape(shape)}, ${shape.head}).`,
    ...sorts.filter(([number]) => number > 0).map(([number, says]) => `${number} ${says}.`),
    ...(shards.length > 0
      ? [`It and its ancestors were trained on ${counted(shards.length, 'registered shard')}.`]
      : []),
    ...(weights === undefined
      ? []
      : [`The file with SHA-256 \`${weights.sha256}\` holds the weights of this model: it opens the commitment.`]),
  ];
}

function edgeLine({ id, program, parents, trainings, foreign, source, transaction }: EdgeFacts): string {
  const segments = trainings.slice(0, 3).map(({ shard, learningRate, batch, passes }) => {
    const rate = realLearningRate({ lr: learningRate, batch });
    return `shard \`${shortId(shard)}\`, rate ${rate}, batch ${batch}, ${counted(passes, 'pass', 'passes')}`;
  });
  const how = [
    ...segments,
    ...(trainings.length > 3 ? [`${trainings.length - 3} more segments`] : []),
    ...(foreign
      ? [`foreign program ${foreign.program}, as far as its adapter \`${foreign.adapter}\` can be trusted`]
      : []),
    ...(source === undefined ? [] : [`declared, not proved: from a file with SHA-256 \`${source.slice(2)}\``]),
  ];
  const cells = [
    program,
    `\`${id}\``,
    parents.map((parent) => `\`${shortId(parent)}\``).join(' ') || '-',
    how.join('; ') || '-',
    `\`${transaction}\``,
  ];
  return `| ${cells.join(' | ')} |`;
}

function resultSection(results: ResultFacts[] | undefined): string[] {
  if (results === undefined || results.length === 0) return [];
  const rows = results.flatMap(({ benchmark, uri, rows, metrics, marks }) =>
    metrics.map(
      ({ name, value, bound }) =>
        `| \`${shortId(benchmark)}\` ${markdown(uri)} | ${rows} | ${name} | ${bound} ${value} | ${marks.join('; ') || '-'} |`,
    ),
  );
  return [
    '',
    '## Results',
    '',
    'Of the exact integers of the proofs. Anybody can open a benchmark, and its address is what its opener says.',
    ...(results.length === MOST_RESULTS ? [`There may be more than these ${MOST_RESULTS}.`] : []),
    '',
    '| benchmark | rows | measure | value | but |',
    '|---|---|---|---|---|',
    ...rows,
  ];
}

function dataSection({ shards }: LineageFacts, data: DataFacts[] | undefined, leftOut: number): string[] {
  if (shards.length === 0 || data === undefined) return [];
  return [
    '',
    '## Data',
    '',
    'What is said of the shards. None of it is proved.',
    '',
    ...(data.length === 0 ? ['- Nobody listed them as a dataset.'] : data.flatMap((one) => dataLines(one))),
    ...(leftOut > 0 ? [`- And ${counted(leftOut, 'more dataset')} with the same shards.`] : []),
  ];
}

function dataLines({ id, registrar, uri, shards, published, revoked, sources }: DataFacts): string[] {
  const at = published && `, rows said to be at ${markdown(published.uri)} (SHA-256 \`${published.archive.slice(2)}\`)`;
  const words = sources.slice(0, MOST_SOURCES).map(({ source, licence, uri: where }) => {
    const said = licence === '' ? 'licence not stated' : `licence ${markdown(licence)}`;
    return `  - \`${source}\` says that it is its own, ${said}${where === '' ? '' : `, ${markdown(where)}`}`;
  });
  const of = `${counted(shards.length, 'shard')}, listed by \`${registrar}\``;
  return [
    `- Dataset \`${id}\` ${markdown(uri)}: ${of}${at ?? ''}${revoked ? '; revoked by its registrar' : ''}.`,
    ...words,
    ...(sources.length > MOST_SOURCES ? [`  - and ${sources.length - MOST_SOURCES} more sources`] : []),
  ];
}

/** What no proof covers, in words. */
export function limitLines({ lineage, results, data, weights, license }: PaperFacts): string[] {
  const { declared, foreign, unread, shards, place } = lineage;
  return [
    ...(place.devKeys ? ['Anything: with development keys anybody can forge every proof.'] : []),
    ...(declared ? ['Where the first weights come from: the source of an import is declared.'] : []),
    ...(foreign
      ? ['That each model follows from its parents: for one a foreign program vouches, and who wrote its adapter.']
      : []),
    ...(unread > 0 ? [`The whole lineage: ${counted(unread, 'ancestor')} could not be read.`] : []),
    ...(shards.length > 0
      ? ['What the rows are, whose they are, and that columns mean what they are said to mean.']
      : []),
    ...(data === undefined && shards.length > 0
      ? ['What is said of the data: no contract of datasets was asked.']
      : []),
    ...(results === undefined ? ['How good the model is: no scoreboard was asked.'] : []),
    ...(results && results.length > 0
      ? ['That the model has not seen the rows of a benchmark under another id: only a sealed one speaks for that.']
      : []),
    ...(weights === undefined
      ? ['That any file beside this page is this model: none was compared.']
      : ['That floats made of these weights, in files of other formats, are this model.']),
    ...(license === undefined ? [] : ['The licence of the model: it is what its publisher says.']),
    'Who did the work: who sent the proof is shown, and may have been given weights and data by others.',
    'That the contract runs the code of Descent: `descent verify <model>` says whether its address shows that.',
    'What the model is good for, whom it harms, and anything else that this page does not say.',
  ];
}
