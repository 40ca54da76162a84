// What the API answers, as OpenAPI 3.1. A test asks each path and holds the answer against its schema.
import { MOST_LIMIT, USUAL_LIMIT } from './pageQuestion.ts';

const ID = { type: 'string', pattern: '^0x[0-9a-f]{64}$' };
const ADDRESS = { type: 'string', pattern: '^0x[0-9a-fA-F]{40}$' };
const COUNT = { type: 'integer', minimum: 0 };

/** Of which chain an answer is. */
const PLACE = {
  chainId: COUNT,
  registry: ADDRESS,
  devKeys: { type: 'boolean', description: 'Keys for development: anybody can forge the proofs.' },
};

const object = (properties: object, required = Object.keys(properties)) => ({ type: 'object', required, properties });

const MODEL = object(
  {
    id: ID,
    kind: { enum: ['seed', 'import', 'train', 'merge', 'foreign'] },
    trainer: ADDRESS,
    depth: { ...COUNT, description: 'Edges to an origin along first parents.' },
    widths: { type: 'array', items: COUNT },
    head: { type: 'string' },
    parameters: COUNT,
    parents: { type: 'array', items: object({ id: ID, weight: { type: 'string' } }, ['id']) },
    children: COUNT,
    declared: {
      type: 'boolean',
      description: 'Whether an import is in the descent: where its weights come from is not proved.',
    },
    isForeign: {
      type: 'boolean',
      description: 'Whether a foreign program, which another proof system vouches for, is in the descent.',
    },
    timestamp: { ...COUNT, description: 'Seconds since 1970; absent until the block is read.' },
    block: COUNT,
    transaction: ID,
    name: { type: 'string', description: 'What the trainer calls it. Nobody checked it.' },
    uri: { type: 'string', description: 'Where the trainer says more. Nobody checked it.' },
  },
  [
    'id',
    'kind',
    'trainer',
    'depth',
    'widths',
    'head',
    'parents',
    'children',
    'declared',
    'isForeign',
    'block',
    'transaction',
  ],
);
const TRAINER = object({ trainer: ADDRESS, models: COUNT });
const DATASET = object({ id: ID, uri: { type: 'string' } });
const BENCHMARK = object({ id: ID, dataset: ID, uri: { type: 'string' }, rows: COUNT });

const listOf = (items: object) =>
  object({ ...PLACE, items: { type: 'array', items }, total: COUNT, next: { type: 'string' } }, [
    ...Object.keys(PLACE),
    'items',
    'total',
  ]);

const query = (name: string, description: string, schema: object = { type: 'string' }) => ({
  name,
  in: 'query',
  description,
  schema,
});
const inPath = (name: string, schema: object) => ({ name, in: 'path', required: true, schema });
const PAGE = [
  query('after', 'Cursor: `next` of the page before.'),
  query('limit', 'Entries of a page.', { type: 'integer', minimum: 1, maximum: MOST_LIMIT, default: USUAL_LIMIT }),
];
const OF_MODEL = [inPath('id', ID)];

interface Operation {
  summary: string;
  parameters?: object[];
  schema?: object;
  type?: string;
}

const get = ({ summary, parameters = [], schema = { type: 'object' }, type = 'application/json' }: Operation) => ({
  get: {
    summary,
    parameters,
    responses: {
      200: { description: summary, content: { [type]: type === 'application/json' ? { schema } : {} } },
      304: { description: 'Not changed since the answer with that ETag.' },
      404: { description: 'There is no such thing, or no such cursor.' },
      503: { description: 'The node cannot be read now.' },
    },
  },
});

const view = (properties: object) => object({ ...PLACE, ...properties });

export const OPEN_API = {
  openapi: '3.1.0',
  info: {
    title: 'Descent',
    version: '1',
    license: { name: 'GPL-3.0-or-later', identifier: 'GPL-3.0-or-later' },
    description:
      'What this server has read of one registry of model lineage. The contracts are the source: nothing here is a proof. Texts that people wrote on chain (names, links) stand as they are.',
  },
  paths: {
    '/api': get({ summary: 'This description.' }),
    '/api/status': get({
      summary: 'How far the chain has been read.',
      schema: object({ head: COUNT, scanned: COUNT, first: COUNT, whole: { type: 'boolean' } }),
    }),
    '/api/models': get({ summary: 'Models, the newest first.', parameters: PAGE, schema: listOf(MODEL) }),
    '/api/model/{id}': get({
      summary: 'A model, its lineage in short, results, data and what others say of it.',
      parameters: [...OF_MODEL, query('benchmark', 'Id of a benchmark whose result is shown.')],
      schema: view({ model: MODEL }),
    }),
    '/api/lineage/{id}': get({
      summary: 'A model and all that it descends from, nearest first.',
      parameters: [...OF_MODEL, ...PAGE],
      schema: listOf(MODEL),
    }),
    '/api/badge/{id}': get({ summary: 'A badge for other pages.', parameters: OF_MODEL, type: 'image/svg+xml' }),
    '/api/graph': get({
      summary: 'The neighbourhood of a model, or the newest models, as the tree draws them.',
      parameters: [query('focus', 'Id of a model.')],
    }),
    '/api/ways': get({
      summary: 'The steps of one way from a model up to another, as contracts take them.',
      parameters: [query('from', 'Id of the descendant.'), query('to', 'Id of the ancestor.')],
    }),
    '/api/search': get({
      summary: 'What a text may mean: models, trainers, datasets, benchmarks, shards.',
      parameters: [query('q', 'Part of a name, id, address or shape.')],
      schema: object({ models: { type: 'object' }, trainers: { type: 'object' } }),
    }),
    '/api/trainers': get({ summary: 'Trainers.', parameters: PAGE, schema: listOf(TRAINER) }),
    '/api/trainer/{address}': get({
      summary: 'What an address has done.',
      parameters: [inPath('address', ADDRESS)],
      schema: view({ trainer: ADDRESS }),
    }),
    '/api/credit/{trainer}': get({ summary: 'What a trainer is owed.', parameters: [inPath('trainer', ADDRESS)] }),
    '/api/datasets': get({ summary: 'Datasets, the newest first.', parameters: PAGE, schema: listOf(DATASET) }),
    '/api/dataset/{id}': get({
      summary: 'A dataset: shards, attestations, who trained on it.',
      parameters: [inPath('id', ID)],
      schema: view({ dataset: DATASET }),
    }),
    '/api/shard/{id}': get({
      summary: 'A shard.',
      parameters: [inPath('id', ID)],
      schema: view({ shard: object({ id: ID }) }),
    }),
    '/api/benchmarks': get({ summary: 'Benchmarks, the newest first.', parameters: PAGE, schema: listOf(BENCHMARK) }),
    '/api/benchmark/{id}': get({
      summary: 'A benchmark: terms, results, seal.',
      parameters: [inPath('id', ID)],
      schema: view({ board: { type: 'object' } }),
    }),
    '/api/leaderboard/{benchmark}': get({
      summary: 'All results on a benchmark.',
      parameters: [inPath('benchmark', ID), query('format', 'json or csv', { enum: ['json', 'csv'] })],
      schema: object({ benchmark: BENCHMARK, entries: { type: 'array' }, apart: { type: 'array' } }),
    }),
    '/api/bounty/{id}': get({
      summary: 'A bounty, by its number.',
      parameters: [inPath('id', COUNT)],
      schema: view({ bounty: { type: 'object' } }),
    }),
    '/feed.xml': get({ summary: 'New models, as an Atom feed.', type: 'application/atom+xml' }),
  },
};
