import { readNewest } from '../../lib/chain/lists.ts';
import type { ChainConfig, Model } from '../../lib/chain/types.ts';
import { networkLabel } from '../../lib/format.ts';
import { plainName } from '../../lib/names.ts';
import { siteOrigin } from '../../lib/siteOrigin.ts';
import { xmlText } from '../../lib/xml.ts';
import { answerText } from '../api/answer.ts';

export const dynamic = 'force-dynamic';

const ENTRIES = 50;

/** New models as an Atom feed (RFC 4287). */
export async function GET(): Promise<Response> {
  const read = await readNewest(ENTRIES);
  if ('missing' in read) return answerText(read.missing, 503, 'text/plain; charset=utf-8');
  const { config, models } = read;
  const newest = Math.max(0, ...models.map(({ timestamp = 0 }) => timestamp));
  const feed = [
    '<?xml version="1.0" encoding="utf-8"?>',
    '<feed xmlns="http://www.w3.org/2005/Atom">',
    `<title>New models on Descent, ${xmlText(config.chainName)}</title>`,
    `<id>urn:descent:${config.chainId}:${config.registry.toLowerCase()}</id>`,
    `<link rel="self" href="${siteOrigin()}/feed.xml"/><link href="${siteOrigin()}/"/>`,
    `<updated>${timeOf(newest)}</updated>`,
    ...models.map((model) => entryOf(model, config)),
    '</feed>\n',
  ];
  return answerText(feed.join('\n'), 200, 'application/atom+xml; charset=utf-8');
}

function entryOf(model: Model, { chainId, devKeys }: ChainConfig): string {
  const { id, kind, trainer, timestamp = 0 } = model;
  const marks = [
    ...(model.declared ? ['an import is in its descent'] : []),
    ...(model.isForeign ? ['a foreign program is in its descent'] : []),
    ...(devKeys ? ['development keys: proves nothing'] : []),
  ];
  const summary = [`${kind}, ${networkLabel(model)}, by ${trainer}`, ...marks].join('; ');
  return [
    `<entry><title>${xmlText(plainName(model))}</title><id>urn:descent:${chainId}:${id}</id>`,
    `<link href="${siteOrigin()}/model/${id}"/><author><name>${trainer}</name></author>`,
    `<updated>${timeOf(timestamp)}</updated><summary>${xmlText(summary)}</summary></entry>`,
  ].join('\n');
}

/** @param seconds since 1970; 0 where the block's time is not read yet */
function timeOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
