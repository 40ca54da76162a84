import { readNewest } from '../../lib/chain/lists.ts';
import { siteOrigin } from '../../lib/siteOrigin.ts';
import { answerText } from '../api/answer.ts';

export const dynamic = 'force-dynamic';

const PAGES = ['', 'tree', 'leaderboard', 'bounties', 'compare', 'verify', 'prove', 'submit'];
/** A sitemap has 50,000 addresses at most (sitemaps.org). Of more models, the newest are in it. */
const MOST_MODELS = 49_000;

export async function GET(): Promise<Response> {
  const read = await readNewest(MOST_MODELS);
  const models = 'missing' in read ? [] : read.models;
  const paths = [...PAGES, ...models.map(({ id }) => `model/${id}`)];
  const urls = paths.map((path) => `<url><loc>${siteOrigin()}/${path}</loc></url>`);
  const map = `<?xml version="1.0" encoding="utf-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n${urls.join('\n')}\n</urlset>\n`;
  return answerText(map, 200, 'application/xml; charset=utf-8');
}
