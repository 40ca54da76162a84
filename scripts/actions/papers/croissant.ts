// A description of a dataset as Croissant 1.0 has them (mlcommons.org/croissant).
import type { DataFacts } from './data.ts';
import { urnOf } from './facts.ts';
import type { PaperFacts } from './paperFacts.ts';
import { isAddress, plain } from './texts.ts';

type Json = Record<string, unknown>;

// As the validator of MLCommons has it: readers compare it.
const CONTEXT = {
  '@language': 'en',
  '@vocab': 'https://schema.org/',
  citeAs: 'cr:citeAs',
  column: 'cr:column',
  conformsTo: 'dct:conformsTo',
  cr: 'http://mlcommons.org/croissant/',
  rai: 'http://mlcommons.org/croissant/RAI/',
  data: { '@id': 'cr:data', '@type': '@json' },
  dataType: { '@id': 'cr:dataType', '@type': '@vocab' },
  dct: 'http://purl.org/dc/terms/',
  equivalentProperty: 'cr:equivalentProperty',
  examples: { '@id': 'cr:examples', '@type': '@json' },
  extract: 'cr:extract',
  field: 'cr:field',
  fileProperty: 'cr:fileProperty',
  fileObject: 'cr:fileObject',
  fileSet: 'cr:fileSet',
  format: 'cr:format',
  includes: 'cr:includes',
  isLiveDataset: 'cr:isLiveDataset',
  jsonPath: 'cr:jsonPath',
  key: 'cr:key',
  md5: 'cr:md5',
  parentField: 'cr:parentField',
  path: 'cr:path',
  recordSet: 'cr:recordSet',
  references: 'cr:references',
  regex: 'cr:regex',
  repeated: 'cr:repeated',
  replace: 'cr:replace',
  samplingRate: 'cr:samplingRate',
  sc: 'https://schema.org/',
  separator: 'cr:separator',
  source: 'cr:source',
  subField: 'cr:subField',
  transform: 'cr:transform',
};

const NOT_CHECKED = 'Nothing of this was compared: a registrar says where rows are and what file is there.';

/** @param data that was published */
export function croissantOf({ lineage, page }: PaperFacts, data: DataFacts): Json {
  const { place } = lineage;
  const { id, uri, registrar, shards, published, revoked, sources } = data;
  const urn = urnOf(place, 'dataset', id);
  const rows = shards.reduce((sum, shard) => sum + shard.rows, 0);
  const said = sources.map(({ source, licence, uri: where }) =>
    [
      `${source} says that it is its own`,
      ...(licence === '' ? [] : [`licence ${plain(licence)}`]),
      ...(where === '' ? [] : [plain(where)]),
    ].join(', '),
  );
  const licences = [...new Set(sources.map(({ licence }) => plain(licence)))].filter((text) => text !== '');
  const isOpen = published !== undefined && isAddress(published.uri);
  return {
    '@context': CONTEXT,
    '@type': 'sc:Dataset',
    // Programs make file names of it: no text of a stranger.
    name: `descent-${id.slice(2, 18)}`,
    description: [
      `Dataset ${id} of ${rows} rows in ${shards.length} committed shards, registered on chain ${place.chainId}. Its registrar calls it: ${plain(uri)}.`,
      ...(published ? [`Rows are said to be at ${plain(published.uri)}.`] : []),
      ...(revoked ? ['Its registrar revoked it.'] : []),
      ...said.map((text) => `${text}.`),
      NOT_CHECKED,
    ].join(' '),
    conformsTo: 'http://mlcommons.org/croissant/1.0',
    ...(licences.length > 0 && { license: licences.length === 1 ? licences[0] : licences }),
    url: page ?? urn,
    identifier: urn,
    citeAs: urn,
    creator: { '@type': 'sc:Organization', name: registrar },
    ...(published && { datePublished: new Date(published.at * 1000).toISOString().slice(0, 10) }),
    version: '1.0.0',
    distribution: isOpen
      ? [
          {
            '@type': 'cr:FileObject',
            '@id': 'archive',
            name: 'archive',
            description: 'The file that its registrar named.',
            contentUrl: published.uri,
            encodingFormat: 'application/octet-stream',
            sha256: published.archive.slice(2),
          },
        ]
      : [],
  };
}
